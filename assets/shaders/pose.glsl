uniform mat3 eye_turn;
uniform vec3 eye_pivot;
uniform mat3 head_turn;
uniform vec3 head_pivot;
uniform mat3 body_turn;
uniform vec3 place;
uniform float breath;

void pose(inout vec3 p, inout vec3 n, float share) {   // eye and head turn about their pivots, `share` fades out down the neck
    p = eye_turn * (p - eye_pivot) + eye_pivot;
    n = eye_turn * n;
    p = mix(p, head_turn * (p - head_pivot) + head_pivot, share);
    n = mix(n, head_turn * n, share);
    p.yz += breath * (1.0 - share) * vec2(0.0022, 0.0030);
    p = body_turn * p + place;
    n = normalize(body_turn * n);
}
