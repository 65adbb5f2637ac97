package desk

import (
	"encoding"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"time"
)

// openAPI describes the API in OpenAPI 3.1, made from the table of routes and the types that they take and give.
func (d *Desk) openAPI(q *request) error {
	return q.json(describe(routes(), d.Program))
}

// An apiRow is a route on the page that shows the API.
type apiRow struct {
	Method, Path, Does, Need, Where string
	Query                           []string
	Takes, Gives                    string // example schemas, JSON
}

func (d *Desk) apiPage(q *request) error {
	var rows []apiRow
	for _, rt := range routes() {
		if rt.does == "" {
			continue
		}
		rows = append(rows, apiRow{rt.method, rt.path, rt.does, rt.need.String(), []string{"", "onDesk", "inCase", "byBody"}[rt.in], rt.query, pretty(rt.takes), pretty(rt.gives)})
	}
	return d.page(q, http.StatusOK, "api", q.words.Say("title.api"), rows)
}

func pretty(v any) string {
	if v == nil {
		return ""
	}
	b, err := json.MarshalIndent(schemaOf(reflect.TypeOf(v), 0), "", "  ")
	if err != nil {
		panic("desk: schema: " + err.Error())
	}
	return string(b)
}

func describe(list []route, program string) map[string]any {
	paths := map[string]map[string]any{}
	for _, rt := range list {
		if rt.does == "" {
			continue
		}
		at := strings.TrimSuffix(rt.path, "{$}")
		if paths[at] == nil {
			paths[at] = map[string]any{}
		}
		paths[at][strings.ToLower(rt.method)] = operation(rt)
	}
	problemRef := map[string]any{"$ref": "#/components/schemas/problem"}
	return map[string]any{
		"openapi": "3.1.0",
		"info":    map[string]any{"title": "Beleg", "version": program},
		"paths":   paths,
		"components": map[string]any{
			"schemas":         map[string]any{"problem": schemaOf(reflect.TypeFor[problem](), 0)},
			"responses":       map[string]any{"problem": map[string]any{"description": "what is wrong, and what to do", "content": map[string]any{"application/problem+json": map[string]any{"schema": problemRef}}}},
			"securitySchemes": map[string]any{"session": map[string]any{"type": "apiKey", "in": "cookie", "name": "beleg"}},
		},
		"security": []any{map[string]any{"session": []any{}}},
	}
}

func operation(rt route) map[string]any {
	op := map[string]any{"summary": rt.does, "description": "Needs the role " + rt.need.String() + "."}
	var parameters []any
	for part := range strings.SplitSeq(rt.path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok && part != "{$}" {
			parameters = append(parameters, parameter(strings.TrimSuffix(name, "}"), "path"))
		}
	}
	for _, name := range rt.query {
		parameters = append(parameters, parameter(name, "query"))
	}
	if parameters != nil {
		op["parameters"] = parameters
	}
	if rt.takes != nil {
		op["requestBody"] = map[string]any{"required": true, "content": jsonContent(rt.takes)}
	}
	good := map[string]any{"description": "done"}
	if rt.gives != nil {
		good["content"] = jsonContent(rt.gives)
	}
	refused := map[string]any{"$ref": "#/components/responses/problem"}
	op["responses"] = map[string]any{"2XX": good, "4XX": refused, "5XX": refused}
	return op
}

func parameter(name, in string) map[string]any {
	return map[string]any{"name": name, "in": in, "required": in == "path", "schema": map[string]any{"type": "string"}}
}

func jsonContent(v any) map[string]any {
	return map[string]any{"application/json": map[string]any{"schema": schemaOf(reflect.TypeOf(v), 0)}}
}

// schemaOf is the JSON schema of how encoding/json writes a type.
func schemaOf(t reflect.Type, depth int) map[string]any {
	if t.Kind() == reflect.Pointer {
		return schemaOf(t.Elem(), depth)
	}
	text := reflect.TypeFor[encoding.TextMarshaler]()
	switch {
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[json.RawMessage]():
		return map[string]any{}
	case t.Implements(text) || reflect.PointerTo(t).Implements(text):
		return map[string]any{"type": "string"}
	case depth > 8:
		return map[string]any{}
	}
	switch t.Kind() {
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Float32, reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice, reflect.Array:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), depth+1)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem(), depth+1)}
	case reflect.Struct:
		properties := map[string]any{}
		fieldsOf(t, properties, depth)
		return map[string]any{"type": "object", "properties": properties}
	case reflect.Interface:
		return map[string]any{}
	}
	return map[string]any{"type": "integer"}
}

// fieldsOf adds the fields of a struct, those of embedded ones among them.
func fieldsOf(t reflect.Type, properties map[string]any, depth int) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported() && !f.Anonymous:
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			fieldsOf(f.Type, properties, depth+1)
		case name == "":
			properties[f.Name] = schemaOf(f.Type, depth+1)
		default:
			properties[name] = schemaOf(f.Type, depth+1)
		}
	}
}
