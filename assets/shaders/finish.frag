#version 330 core
// Averages the samples of what was drawn and lays it over the backdrop.
in vec2 at;
layout(location = 0) out vec4 colour;
layout(location = 1) out float luma;   // for films: ITU-R BT.709-6, limited range
uniform sampler2DMS layers;            // colours multiplied by their coverage
#ifndef CLEAR
uniform sampler2D backdrop;
#endif
void main() {
    ivec2 here = ivec2(gl_FragCoord.xy);
    vec4 drawn = vec4(0.0);
    for (int i = 0; i < SAMPLES; ++i) drawn += texelFetch(layers, here, i);
    drawn *= 1.0 / float(SAMPLES);
#ifdef CLEAR                           // straight alpha, as PNG has it
    colour = vec4(drawn.rgb / max(drawn.a, 1.0 / 1024.0), drawn.a);
    luma = 0.0;
#else
    colour = vec4(drawn.rgb + texelFetch(backdrop, here, 0).rgb * (1.0 - drawn.a), 1.0);
    luma = dot(colour.rgb, vec3(0.2126, 0.7152, 0.0722)) * (219.0 / 255.0) + 16.0 / 255.0;
#endif
}
