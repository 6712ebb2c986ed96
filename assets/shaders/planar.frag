#version 330 core
// Packs a picture into Y'CbCr 4:2:0 planes, four bytes a point: all of Y', then Cb, then Cr, top row first
// (ITU-R BT.709-6, limited range).
out vec4 bytes;
uniform sampler2D picture;       // in alpha: luma
uniform vec3 size;
void main() {
    int w = int(size.x), h = int(size.y);
    ivec2 at = ivec2(gl_FragCoord.xy);
    if (at.y < h) {
        for (int i = 0; i < 4; ++i) {
            bytes[i] = texelFetch(picture, ivec2(4 * at.x + i, h - 1 - at.y), 0).a;
        }
        bytes = (16.0 + 219.0 * bytes) / 255.0;
        return;
    }
    int place = (at.y - h) * w + 4 * at.x, plane = w * h / 4;
    bool red = place >= plane;
    place -= red ? plane : 0;
    ivec2 first = ivec2(place % (w / 2), place / (w / 2));
    vec3 row = red ? vec3(0.5, -0.45415, -0.04585) : vec3(-0.11457, -0.38543, 0.5);
    for (int i = 0; i < 4; ++i) {   // the middle of four pixels: their mean
        vec3 c = texture(picture, vec2(2 * (first.x + i) + 1, h - 2 * first.y - 1) / size.xy).rgb;
        bytes[i] = (128.0 + 224.0 * dot(c, row)) / 255.0;
    }
}
