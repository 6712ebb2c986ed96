#version 330 core
// Shades one material of a head in linear light, with a filmic curve (Narkowicz 2015) to sRGB. One program a material:
// software renderers run every branch they are given.
in vec3 v_world;
in vec3 v_normal;
in vec4 v_paint;
in vec3 v_light;
in vec3 v_shine;
in vec3 v_rest;
in vec2 v_uv;
out vec4 colour;

uniform vec3 camera;
uniform vec3 light_way[3];
uniform vec3 light_colour[3];
uniform vec3 sky;
uniform vec3 ground;
uniform mat3 head_turn;
uniform mat3 body_turn;
uniform mat3 eye_turn;
uniform vec3 eye_pivot;
uniform float eye_radius;
uniform vec3 iris;
uniform float lid;               // how far the upper lid is down, 0 to 1
uniform sampler2D noise;

float ggx(vec3 n, vec3 v, vec3 l, float rough, float f0) {   // Walter et al. 2007, with Schlick's Fresnel
    vec3 h = normalize(v + l);
    float nh = max(dot(n, h), 0.0), nl = max(dot(n, l), 0.0), c = 1.0 - max(dot(v, h), 0.0), nv = max(dot(n, v), 0.05);
    float a = rough * rough, d = nh * nh * (a * a - 1.0) + 1.0, k = 0.5 * a, c2 = c * c;
    return a * a / (3.14159 * d * d) * (f0 + (1.0 - f0) * c2 * c2 * c) / (4.0 * (nl * (1.0 - k) + k) * (nv * (1.0 - k) + k)) * nl;
}

vec3 film(vec3 x) {
    x = clamp((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14), 0.0, 1.0);
    vec3 a = sqrt(x), b = sqrt(a), c = sqrt(b);   // sRGB curve by roots, within 0.5 % (Chilliant 2012)
    return clamp(0.585122381 * a + 0.783140355 * b - 0.368262736 * c, 0.0, 1.0);
}

void main() {
    vec3 v = normalize(camera - v_world);
    vec3 n = normalize(v_normal);
    float alpha = 1.0;
    vec3 light;
#if MATERIAL == SKIN
    // pores: small changes of normal and albedo, fixed to the skin
    vec3 grain = texture(noise, v_rest.xy * 30.0 + v_rest.z * 13.0).rgb - 0.5;
    n = normalize(n + grain * (0.06 + 0.10 * v_paint.a));
    light = v_paint.rgb * (1.0 + 0.10 * grain.z) * v_light * (1.0 + 0.12 * dot(grain, light_way[0]));
    light += light_colour[0] * v_shine.y * ggx(n, v, light_way[0], v_paint.a, 0.028);
    light += light_colour[2] * (0.3 + 0.7 * v_shine.x) * ggx(n, v, light_way[2], v_paint.a, 0.028);
    light += light_colour[1] * v_shine.x * 0.8 * ggx(n, v, light_way[1], v_paint.a, 0.028);
#elif MATERIAL == EYE
    vec3 local = (v_rest - eye_pivot) / eye_radius;
    vec2 q = local.xy;
    // the iris lies behind the cornea: shift by the view to give it depth
    vec3 view = transpose(eye_turn) * (transpose(head_turn) * (transpose(body_turn) * v));
    vec2 deep = q - 0.055 * (view.xy / max(view.z, 0.3)) * smoothstep(0.5, 0.2, length(q));
    float r = length(deep), turn = atan(deep.y, deep.x);
    const float edge = 0.44;
    float fibre = texture(noise, vec2(turn * 1.6, r * 0.7)).r * 0.6 + texture(noise, vec2(turn * 3.7, r * 0.35 + 0.3)).g * 0.4;
    vec3 ring = mix(iris * 1.25 + vec3(0.03, 0.02, 0.0), iris * 0.75, smoothstep(0.17, edge, r));
    vec3 stroma = ring * (0.50 + 0.85 * fibre) * (1.0 - 0.80 * smoothstep(edge - 0.10, edge + 0.01, r));
    vec3 white = vec3(0.56, 0.53, 0.51) * (0.94 + 0.1 * fibre);
    white = mix(white, vec3(0.48, 0.24, 0.20), 0.60 * smoothstep(0.50, 0.95, abs(q.x)) + 0.3 * smoothstep(0.45, 0.9, abs(q.y)));
    float in_iris = step(0.0, local.z) * (1.0 - smoothstep(edge - 0.035, edge + 0.035, r));
    vec3 albedo = mix(white, stroma * smoothstep(0.155, 0.185, r), in_iris);
    // the upper lid and its lashes shade the ball below them
    vec3 seen = transpose(head_turn) * (transpose(body_turn) * n);
    float shade = mix(0.22, 1.0, smoothstep(0.46 - 0.5 * lid, 0.02 - 0.5 * lid, seen.y)) * (0.40 + 0.60 * smoothstep(0.92, 0.40, abs(seen.x)));
    light = albedo * mix(ground, sky, 0.5 + 0.5 * n.y) * shade;
    for (int i = 0; i < 3; ++i) {
        float nl = dot(n, light_way[i]);
        float caught = mix(max(nl * 0.75 + 0.25, 0.0), max(0.30 + 0.60 * dot(-q, light_way[i].xy) + nl * 0.5, 0.0), in_iris);
        light += light_colour[i] * shade * albedo * caught;
    }
    // a window-like catch-light on the cornea, and a faint one from the fill
    vec3 mirror = reflect(-v, n);
    float window = smoothstep(0.962, 0.978, dot(mirror, light_way[0])) + 0.18 * smoothstep(0.95, 0.985, dot(mirror, light_way[1]));
    light += vec3(1.0, 0.98, 0.95) * window * 1.3 * smoothstep(0.15, 0.5, shade);
#elif MATERIAL == TEETH
    vec3 enamel = mix(vec3(0.66, 0.61, 0.52), vec3(0.50, 0.36, 0.29), smoothstep(0.6, 1.0, v_uv.y));
    enamel *= 1.0 - 0.55 * smoothstep(0.34, 0.5, abs(v_uv.x - 0.5));   // the gaps between the crowns
    light = enamel * v_light + light_colour[0] * v_shine.z * 0.8 * ggx(n, v, light_way[0], 0.3, 0.045);
#elif MATERIAL == GUM || MATERIAL == TONGUE
    vec3 flesh = MATERIAL == TONGUE ? vec3(0.40, 0.15, 0.14) : vec3(0.33, 0.11, 0.11);
    light = flesh * (0.85 + 0.3 * texture(noise, v_rest.xz * 60.0).r) * v_light;
    light += light_colour[0] * v_shine.z * 0.7 * ggx(n, v, light_way[0], 0.35, 0.03);
#elif MATERIAL == LASH
    light = v_paint.rgb * 0.35;
    alpha = 1.0 - 0.6 * v_uv.y;
#elif MATERIAL == BROW
    light = v_paint.rgb * v_light * 0.8;
    alpha = 0.85 - 0.55 * v_uv.y;
#elif MATERIAL == HAIR
    float strand = texture(noise, vec2(v_uv.x * 0.83, v_uv.y * 0.06 + floor(v_uv.x) * 0.37)).r;
    float rim = abs(fract(v_uv.x) - 0.5) * 2.0;
    alpha = (strand * 1.5 + 0.62 - rim * 0.75 - smoothstep(0.55, 1.0, v_uv.y) * 0.95 - smoothstep(0.06, 0.0, v_uv.y) * 0.7) * 2.2;
    if (v_uv.y > 0.149 && v_uv.y < 0.151) alpha = 1.0;   // the cap under the cards
    if (alpha < CUT) discard;
    light = v_paint.rgb * (0.55 + 0.75 * strand) * mix(0.55, 1.1, clamp(v_uv.y * 1.6, 0.0, 1.0)) * v_light + v_shine * (0.4 + 1.2 * strand);
#else
    float knit = texture(noise, v_uv * vec2(3.0, 9.0)).r;
    light = v_paint.rgb * (0.75 + 0.4 * knit) * (0.86 + 0.14 * sin(v_uv.x * 150.0)) * v_light * 0.85;
#endif
    colour = vec4(film(light), clamp(alpha, 0.0, 1.0));
}
