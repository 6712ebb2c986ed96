#version 330 core
// Depth of field: gathers what lies within the circle of confusion (after Potmesil and Chakravarty 1981), on premultiplied colours.
in vec2 at;
out vec4 colour;
#if SAMPLES
uniform sampler2DMS layers;
uniform sampler2DMS depths;
vec4 drawn(ivec2 p) {
    vec4 sum = vec4(0.0);
    for (int i = 0; i < SAMPLES; ++i) sum += texelFetch(layers, p, i);
    return sum / float(SAMPLES);
}
ivec2 extent() { return textureSize(layers); }
#else
uniform sampler2D layers;
uniform sampler2D depths;
vec4 drawn(ivec2 p) { return texelFetch(layers, p, 0); }
ivec2 extent() { return textureSize(layers, 0); }
#endif
uniform vec3 lens;               // near and far plane, distance that is sharp, metres
uniform float aperture;          // radius of the circle of a point infinitely far away, in points of the picture
const int LOOKS = 48;
float far_of(ivec2 p) {
    float d = 2.0 * texelFetch(depths, p, 0).r - 1.0;
    return 2.0 * lens.x * lens.y / (lens.y + lens.x - d * (lens.y - lens.x));
}
float circle(float z) { return aperture * abs(z - lens.z) / z; }
void main() {
    ivec2 size = extent(), here = ivec2(at * vec2(size));
    float z = far_of(here), reach = circle(z);
    vec4 sum = drawn(here);
    float weight = 1.0;
    float widest = aperture * 0.25;   // as a subject half as far again away has
    for (int i = 1; i < LOOKS; ++i) {   // a sunflower's disc
        float r = sqrt(float(i) / float(LOOKS)) * widest, turn = 2.39996 * float(i);
        ivec2 p = clamp(here + ivec2(round(r * vec2(cos(turn), sin(turn)))), ivec2(0), size - 1);
        vec4 c = drawn(p);
        float there = far_of(p), own = circle(there);
        if (c.a == 0.0) own = reach;              // the backdrop is plain wherever it lies
        if (there > z) own = min(own, reach);     // what lies behind does not spill over what is before it
        float share = clamp(own - r + 0.5, 0.0, 1.0);
        sum += c * share;
        weight += share;
    }
    colour = sum / weight;
}
