#version 330 core
// Poses one vertex (eye or head turned about its pivot, fading out down the neck, then the avatar's place) and lights it.
// Light changes slowly over these fine meshes, so it is reckoned here, once a vertex; texture and the key light's highlight
// are left to the pixels.
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec4 paint;   // linear albedo; skin: roughness, hair: sky seen
layout(location = 3) in vec4 extra;   // hair: tangent; others: sky seen, key light seen; w: share of the head's turn
layout(location = 4) in vec3 rest;
layout(location = 5) in vec2 uv;

uniform mat4 view_projection;
uniform vec3 camera;
POSE
uniform vec3 light_way[3];       // toward key, fill and rim light
uniform vec3 light_colour[3];
uniform vec3 sky;
uniform vec3 ground;
uniform float gape;              // how far the jaw is open, 0 to 1

out vec3 v_world;
out vec3 v_normal;
out vec3 v_light;                // diffuse light that arrives; hair, cloth: the lit colour
out vec4 v_gloss;                // highlights reckoned here, and how much of the key light is seen
out vec3 v_rest;
out vec2 v_uv;
out vec3 v_half;                 // skin: between the eye and the key light

#ifdef SHADOW
uniform sampler2D depths;        // how far the key light reaches
uniform mat4 key_view;
float shadow(vec3 p) {           // share of the key light that arrives: percentage-closer filtering (Reeves et al. 1987)
    vec3 at = 0.5 + 0.5 * (key_view * vec4(p, 1.0)).xyz;
    float lit = 0.0;
    for (int i = 0; i < 16; ++i) {   // a sunflower's disc
        float r = sqrt((float(i) + 0.5) / 16.0), turn = 2.39996 * float(i);
        lit += step(at.z, textureLod(depths, at.xy + SOFT * r * vec2(cos(turn), sin(turn)), 0.0).r + 0.0015);
    }
    return lit / 16.0;
}
#endif

vec3 ambient(vec3 n) { return mix(ground, sky, 0.5 + 0.5 * n.y); }

float ggx(vec3 n, vec3 v, vec3 l, float rough, float f0) {   // Walter et al. 2007, with Schlick's Fresnel
    vec3 h = normalize(v + l);
    float nh = max(dot(n, h), 0.0), nl = max(dot(n, l), 0.0), c = 1.0 - max(dot(v, h), 0.0), nv = max(dot(n, v), 0.05);
    float a = rough * rough, d = nh * nh * (a * a - 1.0) + 1.0, k = 0.5 * a, c2 = c * c;
    return a * a / (3.14159 * d * d) * (f0 + (1.0 - f0) * c2 * c2 * c) / (4.0 * (nl * (1.0 - k) + k) * (nv * (1.0 - k) + k)) * nl;
}

void main() {
    vec3 p = position, n = normal;
    pose(p, n, extra.w);
#ifdef SHADOW
    float sunlit = shadow(p + 0.004 * n);
#elif MATERIAL == HAIR || MATERIAL == CAP
    float sunlit = 1.0;              // what hair sees of the sky stands for it
#else
    float sunlit = extra.y;
#endif
    vec3 v = normalize(camera - p);
    v_world = p;
    v_normal = n;
    v_rest = rest;
    v_uv = uv;
    gl_Position = view_projection * vec4(p, 1.0);
    v_gloss = vec4(0.0);
#if MATERIAL == HAIR || MATERIAL == CAP
    vec3 along = normalize(body_turn * (head_turn * extra.xyz) + 0.0001);
    float seen = mix(0.35, 1.0, paint.a);
    vec3 lit = ambient(n) * seen;
#if MATERIAL == CAP
    float rooted = smoothstep(0.0, 0.22, uv.y);   // strands rise from their roots: no highlight where they part
#else
    float rooted = 1.0;
#endif
    for (int i = 0; i < 3; ++i) {       // Kajiya and Kay 1989
        float nl = max(dot(n, light_way[i]) * 0.75 + 0.25, 0.0) * seen * (i == 0 ? mix(0.25, 1.0, sunlit) : 1.0);
        vec3 h = normalize(v + light_way[i]);
        float white = dot(along, h) + 0.07, tinted = white - 0.22;
        lit += light_colour[i] * nl * (0.62 + 0.75 * rooted * pow(max(1.0 - tinted * tinted, 0.0), 22.0));
        v_gloss.rgb += light_colour[i] * nl * 0.050 * rooted * pow(max(1.0 - white * white, 0.0), 70.0);
    }
    v_light = lit * paint.rgb;
    v_gloss.a = 1.0;
#elif MATERIAL == SKIN
    vec3 bleed = vec3(0.42, 0.20, 0.13);   // red light travels farthest under the skin
    v_light = ambient(n) * extra.x * mix(vec3(0.92, 0.80, 0.74), vec3(1.0), extra.x);
    for (int i = 0; i < 3; ++i) {
        vec3 wrapped = clamp((dot(n, light_way[i]) + bleed) / ((1.0 + bleed) * (1.0 + bleed)), 0.0, 1.0);
        vec3 seen = i == 0 ? mix(vec3(sunlit), vec3(1.0), bleed * 0.40 * extra.x) : vec3(i == 2 ? extra.x * extra.x : mix(0.30, 1.0, extra.x));
        v_light += light_colour[i] * wrapped * seen;
    }
    v_gloss.rgb = light_colour[2] * extra.x * extra.x * ggx(n, v, light_way[2], 0.50, 0.028)
                + light_colour[1] * extra.x * 0.9 * ggx(n, v, light_way[1], 0.48, 0.028);
    float graze = 1.0 - max(dot(n, v), 0.0);
    v_gloss.rgb += sky * extra.x * 0.10 * graze * graze * graze;   // down and oil catch the room at the edge
    v_gloss.a = sunlit * clamp(dot(n, light_way[0]) * 3.0, 0.0, 1.0);
    v_half = normalize(v + light_way[0]);
#else
    float dark = extra.x;
#if MATERIAL == TEETH || MATERIAL == GUM || MATERIAL == TONGUE
    float behind = eye_pivot.z - position.z;   // behind the lips, metres
#if MATERIAL == TEETH
    dark = (0.55 + 0.45 * extra.x) * smoothstep(0.050, 0.006, behind) * mix(0.15, 1.0, smoothstep(0.026, 0.014, abs(rest.x))) * mix(0.70, 1.0, smoothstep(0.0, 0.10, gape));
#else
    float depth = smoothstep(0.058, 0.010, behind);
    dark = (0.34 + 0.66 * extra.x) * depth * (MATERIAL == TONGUE ? 1.0 : depth) * mix(0.45, 1.0, smoothstep(0.0, 0.25, gape));
    dark = max(dark, 0.5 * smoothstep(0.018, 0.004, behind));   // what lies just behind the lips is seen through their gap
#if MATERIAL == TONGUE
    dark = mix(dark, 0.75, smoothstep(0.020, 0.002, behind));   // it comes out into the light
#endif
#endif
#endif
    v_light = ambient(n) * dark;
    for (int i = 0; i < 3; ++i) {
        v_light += light_colour[i] * mix(1.0, sunlit, i == 0 ? 0.6 : 0.0) * dark * max(dot(n, light_way[i]) * 0.8 + 0.2, 0.0);
    }
    v_gloss = vec4(light_colour[0] * dark * ggx(n, v, light_way[0], 0.28, 0.045), dark);
#if MATERIAL == CLOTH || MATERIAL == BROW || MATERIAL == LASH
    v_light *= paint.rgb;
#endif
#endif
}
