#version 330 core
// Averages the samples of what was drawn and lays it over a plain backdrop, lit from the middle.
in vec2 at;
out vec4 colour;
#if SAMPLES
uniform sampler2DMS layers;
#else
uniform sampler2D layers;
#endif
uniform vec3 size;               // width, height, 1 if there is a backdrop
uniform vec3 tone;
void main() {
    ivec2 here = ivec2(at * size.xy);
#if SAMPLES
    vec4 drawn = vec4(0.0);
    for (int i = 0; i < SAMPLES; ++i) drawn += texelFetch(layers, here, i);
    drawn *= 1.0 / float(SAMPLES);
#else
    vec4 drawn = texelFetch(layers, here, 0);
#endif
    if (size.z == 0.0) {         // straight alpha, as PNG has it
        colour = vec4(drawn.rgb / max(drawn.a, 1.0 / 1024.0), drawn.a);
        return;
    }
    vec2 d = (at - vec2(0.5, 0.58)) * vec2(1.0, 0.85);
    float glow = exp(-2.2 * dot(d, d));
    vec3 c = tone * (0.62 + 0.62 * glow);
    float grain = fract(sin(dot(gl_FragCoord.xy, vec2(12.9898, 78.233))) * 43758.5453) - 0.5;   // hides banding
    vec3 whole = drawn.rgb + (c + grain / 255.0) * (1.0 - drawn.a);
    colour = vec4(whole, dot(whole, vec3(0.2126, 0.7152, 0.0722)));   // luma, for films
}
