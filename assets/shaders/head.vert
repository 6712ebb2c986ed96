#version 330 core
// Poses one vertex: eye or head rotation about its pivot, faded out down the neck, then the avatar's place in the world.
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec4 paint;   // linear albedo, roughness
layout(location = 3) in vec4 extra;   // hair: tangent; others: ambient visibility, key visibility, translucency; w: head share
layout(location = 4) in vec3 rest;
layout(location = 5) in vec2 uv;

uniform mat4 view_projection;
uniform mat3 eye_turn;
uniform vec3 eye_pivot;
uniform mat3 head_turn;
uniform vec3 head_pivot;
uniform mat3 body_turn;
uniform vec3 place;
uniform float breath;

out vec3 v_world;
out vec3 v_normal;
out vec4 v_paint;
out vec4 v_extra;
out vec3 v_rest;
out vec2 v_uv;

void main() {
    vec3 p = eye_turn * (position - eye_pivot) + eye_pivot;
    vec3 n = eye_turn * normal;
    float share = extra.w;
    p = mix(p, head_turn * (p - head_pivot) + head_pivot, share);
    n = mix(n, head_turn * n, share);
    p.yz += breath * (1.0 - share) * vec2(0.0022, 0.0030);
    p = body_turn * p + place;
    v_world = p;
    v_normal = body_turn * n;
    v_paint = paint;
    v_extra = extra;
    v_rest = position;
    v_uv = uv;
    gl_Position = view_projection * vec4(p, 1.0);
}
