#version 330 core
// Where a vertex is, seen by the key light.
layout(location = 0) in vec3 position;
layout(location = 3) in vec4 extra;
uniform mat4 view_projection;
POSE
void main() {
    vec3 p = position, n = vec3(0.0, 0.0, 1.0);
    pose(p, n, extra.w);
    gl_Position = view_projection * vec4(p, 1.0);
}
