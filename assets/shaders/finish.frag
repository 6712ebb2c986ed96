#version 330 core
// Averages what was drawn for each pixel and lays it over the backdrop.
in vec2 at;
layout(location = 0) out vec4 colour;
layout(location = 1) out float luma;   // for films: ITU-R BT.709-6, limited range
#if SAMPLES
uniform sampler2DMS layers;            // colours multiplied by their coverage
#else
uniform sampler2D layers;              // the same on a finer grid
#endif
#ifndef CLEAR
uniform sampler2D backdrop;
#endif
void main() {
    ivec2 here = ivec2(gl_FragCoord.xy);
    vec4 drawn = vec4(0.0);
#if SAMPLES
    for (int i = 0; i < SAMPLES; ++i) drawn += texelFetch(layers, here, i);
    drawn *= 1.0 / float(SAMPLES);
#else                                  // two bilinear looks weigh three by three points a little as a tent would
    vec2 aside = 0.33 / vec2(textureSize(layers, 0));
    drawn = 0.5 * (texture(layers, at - aside) + texture(layers, at + aside));
#endif
#ifdef CLEAR                           // straight alpha, as PNG has it
    colour = vec4(drawn.rgb / max(drawn.a, 1.0 / 1024.0), drawn.a);
    luma = 0.0;
#else
    colour = vec4(drawn.rgb + texelFetch(backdrop, here, 0).rgb * (1.0 - drawn.a), 1.0);
    luma = dot(colour.rgb, vec3(0.2126, 0.7152, 0.0722)) * (219.0 / 255.0) + 16.0 / 255.0;
#endif
}
