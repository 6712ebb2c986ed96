#version 330 core
// The normal of one vertex: the sum over the triangles around it, weighted by area.
out vec4 normal;
uniform sampler2D base;          // normal at rest; how many triangles are around
uniform sampler2D around;        // a block of rows a triangle: its other two corners
uniform sampler2D moved;
uniform int rows;
ivec2 place(float vertex) { return ivec2(int(vertex) % textureSize(moved, 0).x, int(vertex) / textureSize(moved, 0).x); }
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec4 rest = texelFetch(base, at, 0);
    vec3 here = texelFetch(moved, at, 0).xyz, total = vec3(0.0);
    for (int i = 0; i < int(rest.w); ++i) {
        vec4 corner = texelFetch(around, ivec2(at.x, at.y + rows * i), 0);
        total += cross(texelFetch(moved, place(corner.x), 0).xyz - here, texelFetch(moved, place(corner.y), 0).xyz - here);
    }
    normal = vec4(rest.w > 0.0 ? normalize(total) : rest.xyz, 0.0);
}
