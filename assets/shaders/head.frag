#version 330 core
// Shades one material of a head in linear light, with a filmic curve (Narkowicz 2015) to sRGB. One program a material:
// software renderers run every branch they are given.
in vec3 v_world;
in vec3 v_normal;
in vec3 v_light;
in vec4 v_gloss;
in vec3 v_rest;
in vec2 v_uv;
in vec3 v_half;
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
uniform sampler2D image;         // skin: its chart; hair: strands; others: smooth noise

vec3 film(vec3 x) {   // the curve and sRGB in one, fitted within 0.9 / 255
    vec3 s = sqrt(max(x, 0.0));
    return clamp(s * (5.94565 * s - 0.104) / (1.0 + s * (5.96096 * s - 0.52926)), 0.0, 1.0);
}

#if MATERIAL == EYE
vec3 eye() {
    vec3 v = normalize(camera - v_world);
    vec3 n = normalize(v_normal);
    vec3 local = (v_rest - eye_pivot) / eye_radius;
    vec2 q = local.xy;
    // the iris lies behind the cornea: shift by the view to give it depth
    vec3 view = transpose(eye_turn) * (transpose(head_turn) * (transpose(body_turn) * v));
    vec2 deep = q - 0.055 * (view.xy / max(view.z, 0.3)) * smoothstep(0.5, 0.2, length(q));
    float r = length(deep), turn = atan(deep.y, deep.x);
    const float edge = 0.455;
    float fibre = texture(image, vec2(turn * 1.6, r * 0.7)).r * 0.6 + texture(image, vec2(turn * 3.7, r * 0.35 + 0.3)).g * 0.4;
    vec3 tint = mix(iris, vec3(dot(iris, vec3(0.3, 0.6, 0.1))), 0.30);
    vec3 ring = mix(tint * 0.85 + vec3(0.030, 0.018, 0.004), tint * 0.55, smoothstep(0.17, 0.34, r));
    vec3 stroma = ring * (0.42 + 0.85 * fibre) * (1.0 - 0.90 * smoothstep(edge - 0.11, edge + 0.01, r));
    vec3 white = vec3(0.52, 0.485, 0.46) * (0.92 + 0.12 * fibre);
    float vein = smoothstep(0.58, 0.72, texture(image, q * vec2(0.55, 1.9)).b) * smoothstep(0.45, 0.85, abs(q.x));
    white = mix(white, vec3(0.42, 0.17, 0.14), 0.55 * smoothstep(0.50, 0.95, abs(q.x)) + 0.28 * smoothstep(0.40, 0.85, abs(q.y)) + 0.15 * vein);
    float in_iris = step(0.0, local.z) * (1.0 - smoothstep(edge - 0.04, edge + 0.04, r));
    vec3 albedo = mix(white, stroma * smoothstep(0.165, 0.20, r), in_iris);
    // the upper lid and its lashes shade the ball below them, and the corners lie deep
    vec3 seen = transpose(head_turn) * (transpose(body_turn) * n);
    float drop = 0.55 * lid;
    float shade = mix(0.13, 1.0, smoothstep(0.40 - drop, -0.06 - drop, seen.y)) * (0.30 + 0.70 * smoothstep(0.86, 0.30, abs(seen.x)));
    shade *= mix(0.62, 1.0, smoothstep(-0.46, -0.24, seen.y));
    vec3 light = albedo * mix(ground, sky, 0.5 + 0.5 * n.y) * shade;
    for (int i = 0; i < 2; ++i) {
        float nl = dot(n, light_way[i]);
        float caught = mix(max(nl * 0.72 + 0.20, 0.0), max(0.28 + 0.75 * dot(-q, light_way[i].xy) + nl * 0.45, 0.0), in_iris);
        light += light_colour[i] * shade * albedo * caught;
    }
    // a window-like catch-light on the cornea, a faint one from the fill, and the wet line on the lower lid
    vec3 mirror = reflect(-v, n);
    vec3 pane = normalize(light_way[0] * vec3(1.0, 0.5, 1.0));   // a window is tall: its light is caught below the lid too
    float window = smoothstep(0.968, 0.980, dot(mirror, pane)) + 0.14 * smoothstep(0.95, 0.985, dot(mirror, light_way[1]));
    float room = 0.035 * (0.5 + 0.5 * mirror.y) * shade;
    return light + vec3(1.0, 0.98, 0.95) * window * 1.1 * smoothstep(0.10, 0.5, shade) + sky * room;
}
#endif

void main() {
    float alpha = 1.0;
    vec3 light;
#if MATERIAL == SKIN
    vec4 chart = texture(image, v_uv);             // square root of albedo, and how much it shines
    // pores lean the surface a little; the half vector comes from the vertices
    float shine = 0.20 + 0.5 * chart.a;             // seen from afar, pores even out
    float nh = clamp(dot(v_normal, v_half) + (shine - 0.4) * 0.010, 0.0, 1.0);
    float n4 = nh * nh * nh * nh, n16 = n4 * n4 * n4 * n4, n48 = n16 * n16 * n16;
    light = chart.rgb * chart.rgb * v_light + v_gloss.rgb * (0.45 + chart.a);
    light += light_colour[0] * (v_gloss.a * (n48 * 0.080 + n48 * n48 * n48 * 0.05 * shine) * (0.45 + 1.3 * shine));
    light += max(chart.a - 0.80, 0.0) * (1.6 * sky + 0.7 * light_colour[0]);   // tears along the lower lid mirror the room
#elif MATERIAL == EYE
    light = eye();
#elif MATERIAL == TEETH
    vec3 enamel = mix(vec3(0.84, 0.765, 0.645), vec3(0.55, 0.38, 0.31), smoothstep(0.62, 1.0, v_uv.y));
    enamel *= mix(0.86, 1.0, smoothstep(0.0, 0.25, v_uv.y));     // the biting edge is clearer
    enamel *= 1.0 - 0.42 * smoothstep(0.40, 0.5, abs(v_uv.x - 0.5));   // the gaps between the crowns
    light = enamel * v_light + v_gloss.rgb * 0.8;
#elif MATERIAL == GUM || MATERIAL == TONGUE
    vec3 flesh = MATERIAL == TONGUE ? vec3(0.42, 0.17, 0.155) : vec3(0.33, 0.12, 0.115);
    light = flesh * (0.80 + 0.4 * texture(image, v_rest.xz * 60.0).r) * v_light + v_gloss.rgb * 0.45;
#elif MATERIAL == LASH
    light = v_light;
    alpha = clamp(1.25 - 0.95 * v_uv.y, 0.0, 0.95);
#elif MATERIAL == BROW
    light = v_light;
    alpha = 0.80 - 0.60 * v_uv.y;
#elif MATERIAL == HAIR || MATERIAL == CAP
    vec4 strand = texture(image, vec2(v_uv.x, v_uv.y * 0.21));   // fine strands, locks, where light shifts
#if MATERIAL == HAIR
    float rim = abs(fract(v_uv.x) - 0.5) * 2.0;
    alpha = 1.35 - rim * 0.85 - smoothstep(0.50, 1.0, v_uv.y) * 1.15 - smoothstep(0.10, 0.0, v_uv.y) * 1.0;
    alpha = (alpha + (strand.r - 0.5) * 1.5) * 1.6;
#endif
    light = v_light * (0.38 + 0.72 * strand.r + 0.42 * strand.g) + v_gloss.rgb * (0.25 + 1.6 * strand.r * strand.b);
#else
    float knit = texture(image, v_uv * vec2(3.0, 9.0)).r;
    float rib = v_uv.x * 150.0;
    light = v_light * (0.70 + 0.35 * knit) * (0.86 + 0.14 * sin(rib) * smoothstep(3.0, 1.0, fwidth(rib)));   // none finer than pixels
#endif
    colour = vec4(film(light), clamp(alpha, 0.0, 1.0));
}
