#version 330 core
// A plain backdrop, lit from the middle.
in vec2 at;
out vec4 colour;
uniform vec3 tone;
void main() {
    vec2 d = (at - vec2(0.5, 0.58)) * vec2(1.0, 0.85);
    vec3 c = tone * (0.62 + 0.62 * exp(-2.2 * dot(d, d)));
    float grain = fract(sin(dot(gl_FragCoord.xy, vec2(12.9898, 78.233))) * 43758.5453) - 0.5;   // hides banding
    colour = vec4(c + grain / 255.0, 1.0);
}
