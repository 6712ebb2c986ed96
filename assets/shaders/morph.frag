#version 330 core
// Blends the shapes of one vertex; lids keep their distance to the eye's centre (as systems/kernels/morph.py does).
out vec4 moved;
uniform sampler2D base;          // position at rest; which eye's lids it belongs to, 0 for none
uniform sampler2D delta;         // a block of rows a shape: offset, and how much farther it takes a lid from the centre
uniform int rows;
uniform int count;
uniform vec3 used[SHAPES];       // shape, weight, which eye's lids it turns
uniform vec3 centre[2];
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec4 rest = texelFetch(base, at, 0);
    vec3 offset = vec3(0.0);
    vec4 lid = vec4(0.0);
    for (int i = 0; i < count; ++i) {
        vec4 d = texelFetch(delta, ivec2(at.x, at.y + rows * int(used[i].x)), 0) * used[i].y;
        offset += d.xyz;
        if (rest.w > 0.0 && used[i].z == rest.w) lid += d;
    }
    if (rest.w > 0.0) {
        vec3 from = rest.xyz - centre[int(rest.w) - 1];
        vec3 x = from + lid.xyz;
        offset += ((length(from) + lid.w) / length(x) - 1.0) * x;
    }
    moved = vec4(rest.xyz + offset, 1.0);
}
