#version 330 core
// Lays a mesh out flat by its chart coordinates; where it folds, the farthest from the middle of the head is kept.
layout(location = 0) in vec3 position;
layout(location = 5) in vec2 uv;
uniform vec3 middle;
out vec3 place;
out vec2 at;
void main() {
    place = position;
    at = uv * 2.0 - 1.0;
    gl_Position = vec4(at, 0.5 - length(position - middle) - (position.y < -0.13 ? -0.3 : 0.0), 1.0);
}
