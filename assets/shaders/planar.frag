#version 330 core
// The colour planes of a picture as films want them: Cb and Cr of four pixels in one, four neighbours a point, top row first
// (ITU-R BT.709-6, limited range).
layout(location = 0) out vec4 blue;
layout(location = 1) out vec4 red;
uniform sampler2D picture;
uniform vec3 size;
void main() {
    vec2 at = vec2(8.0 * floor(gl_FragCoord.x) + 1.0, size.y + 1.0 - 2.0 * (floor(gl_FragCoord.y) + 1.0));
    for (int i = 0; i < 4; ++i) {   // the middle of four pixels: their mean
        vec3 c = texture(picture, (at + vec2(2 * i, 0.0)) / size.xy).rgb;
        blue[i] = dot(c, vec3(-0.11457, -0.38543, 0.5));
        red[i] = dot(c, vec3(0.5, -0.45415, -0.04585));
    }
    blue = (128.0 + 224.0 * blue) / 255.0;
    red = (128.0 + 224.0 * red) / 255.0;
}
