#version 330 core
in vec3 place;
in vec2 at;
out vec4 colour;
uniform vec3 middle;
void main() {
    if (place.z < middle.z && dot(at, at) < 0.36) discard;   // a triangle at the back that spans the map's edge
    colour = vec4(place, 1.0);
}
