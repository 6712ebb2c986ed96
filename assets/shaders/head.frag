#version 330 core
// Shades every material of a head in linear light: wrapped, red-shifted diffuse for skin, GGX highlights, strand highlights
// for hair (Kajiya and Kay 1989), a procedural iris, and a filmic curve (Narkowicz 2015) to sRGB.
in vec3 v_world;
in vec3 v_normal;
in vec4 v_paint;
in vec4 v_extra;
in vec3 v_rest;
in vec2 v_uv;
out vec4 colour;

uniform int material;            // 0 skin, 1 eye, 2 teeth, 3 gum, 4 tongue, 5 lash, 6 brow, 7 hair, 8 cloth
uniform vec3 camera;
uniform vec3 light_way[3];       // toward key, fill and rim light
uniform vec3 light_colour[3];
uniform vec3 sky;
uniform vec3 ground;
uniform mat3 head_turn;
uniform mat3 body_turn;
uniform vec3 eye_centre;         // in head space
uniform float eye_radius;
uniform vec3 iris;
uniform float lid;               // how far the upper lid is down, 0 to 1
uniform float gape;              // how far the jaw is open, 0 to 1
uniform sampler2D noise;

float ggx(vec3 n, vec3 v, vec3 l, float rough, float f0) {
    vec3 h = normalize(v + l);
    float nh = max(dot(n, h), 0.0), nl = max(dot(n, l), 0.0), vh = max(dot(v, h), 0.0), nv = max(dot(n, v), 0.05);
    float a = rough * rough, d = nh * nh * (a * a - 1.0) + 1.0;
    float fresnel = f0 + (1.0 - f0) * pow(1.0 - vh, 5.0);
    float k = 0.5 * a;
    return a * a / (3.14159 * d * d) * fresnel / (4.0 * (nl * (1.0 - k) + k) * (nv * (1.0 - k) + k)) * nl;
}

vec3 ambient(vec3 n) {
    return mix(ground, sky, 0.5 + 0.5 * n.y);
}

vec3 film(vec3 x) {
    x = clamp((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14), 0.0, 1.0);
    return pow(x, vec3(1.0 / 2.2));
}

vec3 skin(vec3 n, vec3 v) {
    // pores: small normal and albedo changes fixed to the skin
    vec2 at = v_rest.xy * 34.0 + v_rest.z * 13.0;
    vec3 grain = texture(noise, at).rgb - 0.5, coarse = texture(noise, at * 0.23).rgb - 0.5;
    n = normalize(n + (grain * 0.10 + coarse * 0.035) * (0.4 + v_paint.a));
    vec3 albedo = v_paint.rgb * (1.0 + grain.z * 0.05 + coarse.x * 0.10);
    float open_air = v_extra.x, key_seen = v_extra.y;
    vec3 bleed = vec3(0.42, 0.20, 0.13) * v_extra.z;   // red light travels farthest under the skin
    vec3 sum = albedo * ambient(n) * open_air;
    for (int i = 0; i < 3; ++i) {
        float nl = dot(n, light_way[i]);
        vec3 lit = clamp((nl + bleed) / ((1.0 + bleed) * (1.0 + bleed)), 0.0, 1.0);
        float seen = i == 0 ? mix(0.15, 1.0, key_seen) : mix(0.4, 1.0, open_air);
        vec3 soft = i == 0 ? mix(vec3(key_seen), vec3(1.0), bleed * 0.45) : vec3(seen);
        sum += light_colour[i] * (albedo * lit * soft + seen * (0.72 * ggx(n, v, light_way[i], v_paint.a, 0.028)
             + 0.28 * ggx(n, v, light_way[i], v_paint.a * 0.55, 0.028)));
    }
    return sum;
}

vec3 glossy(vec3 n, vec3 v, vec3 albedo, float rough, float f0, float dark) {
    vec3 sum = albedo * ambient(n) * dark;
    for (int i = 0; i < 3; ++i) {
        float nl = dot(n, light_way[i]);
        sum += dark * light_colour[i] * (albedo * max(nl * 0.8 + 0.2, 0.0) + ggx(n, v, light_way[i], rough, f0));
    }
    return sum;
}

vec3 eye(vec3 n, vec3 v) {
    vec3 local = (v_rest - eye_centre) / eye_radius;
    vec2 q = local.xy;
    // the iris lies behind the cornea: shift by the view to give it depth
    vec3 eye_view = transpose(head_turn) * (transpose(body_turn) * v);
    vec2 deep = q - 0.055 * (eye_view.xy / max(eye_view.z, 0.3)) * smoothstep(0.5, 0.2, length(q));
    float r = length(deep), turn = atan(deep.y, deep.x);
    const float edge = 0.43;
    float fibre = texture(noise, vec2(turn * 1.6, r * 0.7)).r * 0.6 + texture(noise, vec2(turn * 3.7, r * 0.35 + 0.3)).g * 0.4;
    float pupil = smoothstep(0.145, 0.175, r);
    vec3 ring = mix(iris * 1.6 + vec3(0.05, 0.035, 0.0), iris * 0.85, smoothstep(0.17, edge, r));
    vec3 stroma = ring * (0.55 + 0.9 * fibre) * (1.0 - 0.75 * smoothstep(edge - 0.11, edge + 0.01, r));
    vec3 white = vec3(0.72, 0.69, 0.66) * (0.94 + 0.1 * fibre);
    white = mix(white, vec3(0.62, 0.33, 0.27), 0.55 * smoothstep(0.62, 1.0, abs(q.x)) + 0.25 * smoothstep(0.5, 0.9, abs(q.y)));
    float front = step(0.0, local.z);
    float in_iris = front * (1.0 - smoothstep(edge - 0.03, edge + 0.03, r));
    vec3 albedo = mix(white, stroma * pupil, in_iris);
    // the upper lid and its lashes shade the ball below them
    vec3 seen = transpose(body_turn) * v_normal;
    seen = transpose(head_turn) * seen;
    float shade = smoothstep(0.52 - 0.5 * lid, 0.10 - 0.5 * lid, seen.y) * 0.72 + 0.28;
    shade *= 0.45 + 0.55 * smoothstep(0.95, 0.45, abs(seen.x));
    vec3 sum = albedo * ambient(n) * shade;
    for (int i = 0; i < 3; ++i) {
        float nl = dot(n, light_way[i]);
        vec3 caught = in_iris > 0.5 ? vec3(max(0.25 + 0.75 * dot(-q, light_way[i].xy) + nl * 0.5, 0.0)) : vec3(max(nl * 0.75 + 0.25, 0.0));
        sum += light_colour[i] * shade * albedo * caught;
    }
    // a window-like catch-light on the cornea, and a smaller one from the fill
    vec3 mirror = reflect(-v, n);
    float window = smoothstep(0.955, 0.975, dot(mirror, light_way[0])) + 0.22 * smoothstep(0.95, 0.985, dot(mirror, light_way[1]));
    sum += vec3(1.0, 0.98, 0.95) * window * 1.7 * smoothstep(0.12, 0.35, shade) + 0.02 * pow(1.0 - max(dot(n, v), 0.0), 3.0);
    return sum;
}

vec3 hair(vec3 n, vec3 v, float strand) {
    vec3 along = normalize(body_turn * (head_turn * v_extra.xyz) + 0.0001);
    vec3 base = v_paint.rgb * (0.55 + 0.75 * strand) * mix(0.6, 1.12, clamp(v_uv.y * 1.3, 0.0, 1.0));
    vec3 sum = base * ambient(n) * 0.9;
    for (int i = 0; i < 3; ++i) {
        float nl = max(dot(n, light_way[i]) * 0.7 + 0.3, 0.0);
        vec3 h = normalize(v + light_way[i]);
        float th = dot(along, h) + 0.12 * (strand - 0.5), th2 = dot(along, h) - 0.16 + 0.2 * (strand - 0.5);
        float shine = pow(max(1.0 - th * th, 0.0), 60.0), glow = pow(max(1.0 - th2 * th2, 0.0), 14.0);
        sum += light_colour[i] * nl * (base + vec3(0.055) * shine + base * 0.8 * glow);
    }
    return sum;
}

void main() {
    vec3 n = normalize(v_normal), v = normalize(camera - v_world);
    float alpha = 1.0;
    vec3 light;
    if (material == 0) {
        light = skin(gl_FrontFacing ? n : -n, v);
    } else if (material == 1) {
        light = eye(n, v);
    } else if (material == 2) {
        float depth = smoothstep(0.034, 0.006, eye_centre.z + 0.03 - v_rest.z);
        float cavity = mix(0.25, 1.0, v_extra.x) * depth * (0.35 + 0.65 * smoothstep(0.0, 0.25, gape));
        vec3 enamel = mix(vec3(0.74, 0.69, 0.60), vec3(0.62, 0.48, 0.40), smoothstep(0.55, 1.0, v_uv.y));
        enamel *= 1.0 - 0.5 * smoothstep(0.36, 0.5, abs(v_uv.x - 0.5));   // the gaps between the crowns
        light = glossy(n, v, enamel, 0.28, 0.045, cavity);
    } else if (material == 3 || material == 4) {
        float depth = smoothstep(0.045, 0.004, eye_centre.z + 0.034 - v_rest.z);
        float dark = v_extra.x * depth * depth;
        vec3 flesh = material == 4 ? vec3(0.42, 0.16, 0.15) : vec3(0.36, 0.12, 0.12);
        light = glossy(gl_FrontFacing ? n : -n, v, flesh * (0.9 + 0.2 * texture(noise, v_rest.xz * 60.0).r), 0.35, 0.03, dark);
    } else if (material == 5) {
        light = v_paint.rgb * 0.35;
        alpha = 1.0 - 0.7 * v_uv.y;
    } else if (material == 6) {
        light = v_paint.rgb * (0.35 + 0.9 * max(dot(n, light_way[0]), 0.0)) * light_colour[0] * 0.6 + v_paint.rgb * ambient(n) * 0.5;
        alpha = 0.92 - 0.55 * v_uv.y;
    } else if (material == 7) {
        float strand = texture(noise, vec2(v_uv.x * 0.83, v_uv.y * 0.06 + floor(v_uv.x) * 0.37)).r;
        float edge = abs(fract(v_uv.x) - 0.5) * 2.0;
        alpha = clamp((strand * 1.5 + 0.62 - edge * 0.75 - smoothstep(0.55, 1.0, v_uv.y) * 0.95) * 2.2, 0.0, 1.0);
        if (v_uv.y > 0.149 && v_uv.y < 0.151) alpha = 1.0;   // the cap under the cards
        if (alpha < 0.08) discard;
        light = hair(n, v, strand);
    } else {
        float knit = texture(noise, v_uv * vec2(3.0, 9.0)).r;
        float rib = 0.5 + 0.5 * sin(v_uv.x * 150.0);
        light = glossy(normalize(n + 0.16 * (texture(noise, v_uv * 14.0).rgb - 0.5)), v, v_paint.rgb * (0.75 + 0.35 * knit) * (0.86 + 0.14 * rib), 0.85, 0.02, v_extra.x * 0.9 + 0.1);
    }
    colour = vec4(film(light), alpha);
}
