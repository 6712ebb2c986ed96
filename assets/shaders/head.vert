#version 330 core
// Poses one vertex (eye or head turned about its pivot, fading out down the neck, then the avatar's place) and lights it.
// Diffuse light changes slowly, so it is reckoned here, once a vertex; highlights and detail are left to the pixels.
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec4 paint;   // linear albedo, roughness
layout(location = 3) in vec4 extra;   // hair: tangent; others: sky seen, key light seen, translucency; w: share of the head's turn
layout(location = 4) in vec3 rest;
layout(location = 5) in vec2 uv;

uniform mat4 view_projection;
uniform vec3 camera;
uniform mat3 eye_turn;
uniform vec3 eye_pivot;
uniform mat3 head_turn;
uniform vec3 head_pivot;
uniform mat3 body_turn;
uniform vec3 place;
uniform float breath;
uniform vec3 light_way[3];       // toward key, fill and rim light
uniform vec3 light_colour[3];
uniform vec3 sky;
uniform vec3 ground;
uniform float gape;              // how far the jaw is open, 0 to 1

out vec3 v_world;
out vec3 v_normal;
out vec4 v_paint;
out vec3 v_light;                // diffuse light that arrives, or for hair the lit colour
out vec3 v_shine;                // hair highlight; others: sky seen, key seen, depth in the mouth
out vec3 v_rest;
out vec2 v_uv;

vec3 ambient(vec3 n) { return mix(ground, sky, 0.5 + 0.5 * n.y); }

void main() {
    vec3 p = eye_turn * (position - eye_pivot) + eye_pivot;
    vec3 n = eye_turn * normal;
    float share = extra.w;
    p = mix(p, head_turn * (p - head_pivot) + head_pivot, share);
    n = mix(n, head_turn * n, share);
    p.yz += breath * (1.0 - share) * vec2(0.0022, 0.0030);
    p = body_turn * p + place;
    n = normalize(body_turn * n);
    vec3 v = normalize(camera - p);
    v_world = p;
    v_normal = n;
    v_paint = paint;
    v_rest = rest;
    v_uv = uv;
    gl_Position = view_projection * vec4(p, 1.0);
#if MATERIAL == HAIR
    vec3 along = normalize(body_turn * (head_turn * extra.xyz) + 0.0001);
    v_light = ambient(n) * 0.9;
    v_shine = vec3(0.0);
    for (int i = 0; i < 3; ++i) {       // Kajiya and Kay 1989
        float nl = max(dot(n, light_way[i]) * 0.7 + 0.3, 0.0);
        vec3 h = normalize(v + light_way[i]);
        float white = dot(along, h), tinted = white - 0.16;
        v_light += light_colour[i] * nl * (1.0 + 0.7 * pow(max(1.0 - tinted * tinted, 0.0), 14.0));
        v_shine += light_colour[i] * nl * 0.045 * pow(max(1.0 - white * white, 0.0), 50.0);
    }
#else
    v_shine = extra.xyz;
#if MATERIAL == SKIN
    vec3 bleed = vec3(0.40, 0.19, 0.12);   // red light travels farthest under the skin
    v_light = ambient(n) * extra.x;
    for (int i = 0; i < 3; ++i) {
        vec3 lit = clamp((dot(n, light_way[i]) + bleed) / ((1.0 + bleed) * (1.0 + bleed)), 0.0, 1.0);
        vec3 seen = i == 0 ? mix(vec3(extra.y), vec3(1.0), bleed * 0.45) : vec3(mix(0.35, 1.0, extra.x));
        v_light += light_colour[i] * lit * seen;
    }
#else
    float dark = extra.x;
#if MATERIAL == TEETH || MATERIAL == GUM || MATERIAL == TONGUE
    float behind = eye_pivot.z - rest.z;   // behind the lips, metres
    float depth = smoothstep(0.052, 0.010, behind);
    dark = (0.30 + 0.70 * extra.x) * depth * mix(0.25, 1.0, smoothstep(0.0, 0.18, gape));
#if MATERIAL != TEETH
    dark *= 0.35 + 0.65 * depth;
#endif
#endif
    v_light = ambient(n) * dark;
    for (int i = 0; i < 3; ++i) {
        v_light += light_colour[i] * dark * max(dot(n, light_way[i]) * 0.8 + 0.2, 0.0);
    }
    v_shine.z = dark;
#endif
#endif
}
