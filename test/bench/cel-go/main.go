// Evaluates CEL expressions as the API server does and as cel-go does by itself, and counts how often it can in a
// given time. It reads a request a line from stdin and writes an answer a line to stdout; it ends with its stdin.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	kjson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/version"
	plugincel "k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/apiserver/pkg/cel/library"
)

// A request asks for one of three things: what an expression gives for an object, how often it can be compiled in a
// second, or how often it can be evaluated. Without an expression it is the reading of the object that is counted.
type request struct {
	Engine       string          `json:"engine"`
	Expression   string          `json:"expression"`
	Object       json.RawMessage `json:"object"`
	Count        string          `json:"count"`
	Milliseconds int             `json:"milliseconds"`
}

type answer struct {
	Value     string  `json:"value,omitempty"`
	Cost      *uint64 `json:"cost,omitempty"`
	PerSecond float64 `json:"perSecond,omitempty"`
	Error     string  `json:"error,omitempty"`
}

// An engine compiles expressions, takes an object in a form of its own and evaluates.
type engine interface {
	compile(expression string) (cel.Program, error)
	input(object map[string]any) activation
	evaluate(program cel.Program, input activation) (ref.Val, *cel.EvalDetails, error)
}

// The API server: all its libraries, and the cost is counted while an expression is evaluated.
type apiServer struct{ compiler *plugincel.CompositedCompiler }

type validation struct{ expression string }

func (v validation) GetExpression() string    { return v.expression }
func (v validation) ReturnTypes() []*cel.Type { return []*cel.Type{cel.BoolType} }

func newAPIServer() (engine, error) {
	compiler, err := plugincel.NewCompositedCompiler(environment.MustBaseEnvSet(version.MajorMinor(1, 36)))
	return apiServer{compiler}, err
}

func (a apiServer) compile(expression string) (cel.Program, error) {
	declarations := plugincel.OptionalVariableDeclarations{HasAuthorizer: true}
	result := a.compiler.CompileCELExpression(validation{expression}, declarations, environment.StoredExpressions)
	if result.Error != nil {
		return nil, result.Error
	}
	return result.Program, nil
}

func (apiServer) input(object map[string]any) activation {
	return activation{types.DefaultTypeAdapter.NativeToValue(object)}
}

func (apiServer) evaluate(program cel.Program, input activation) (ref.Val, *cel.EvalDetails, error) {
	return program.ContextEval(context.Background(), input)
}

// cel-go by itself, optimized, without cost and with the one library that a policy needs.
type plain struct{ env *cel.Env }

func newPlain() (engine, error) {
	env, err := cel.NewEnv(cel.Variable("object", cel.DynType), library.Quantity())
	return plain{env}, err
}

func (p plain) compile(expression string) (cel.Program, error) {
	ast, issues := p.env.Compile(expression)
	if err := issues.Err(); err != nil {
		return nil, err
	}
	return p.env.Program(ast, cel.EvalOptions(cel.OptOptimize))
}

func (plain) input(object map[string]any) activation { return activation{object} }

func (plain) evaluate(program cel.Program, input activation) (ref.Val, *cel.EvalDetails, error) {
	return program.Eval(input)
}

func read(text json.RawMessage) (object map[string]any, err error) {
	err = kjson.Unmarshal(text, &object)
	return object, err
}

// An activation is all that an evaluation costs besides the program.
type activation struct{ object any }

func (a activation) ResolveName(name string) (any, bool) { return a.object, name == "object" }
func (activation) Parent() cel.Activation                { return nil }

// perSecond repeats work for some time; the clock is read seldom.
func perSecond(milliseconds int, work func()) float64 {
	limit := time.Duration(milliseconds) * time.Millisecond
	start := time.Now()
	done, batch := 0, 1
	for {
		before := time.Now()
		for range batch {
			work()
		}
		done += batch
		if elapsed := time.Since(start); elapsed >= limit {
			return float64(done) / elapsed.Seconds()
		}
		if time.Since(before) < time.Millisecond {
			batch *= 2
		}
	}
}

func result(e engine, program cel.Program, input activation) answer {
	value, details, err := e.evaluate(program, input)
	var cost *uint64
	if details != nil {
		cost = details.ActualCost()
	}
	if err != nil {
		return answer{Cost: cost, Value: "error: " + err.Error()}
	}
	return answer{Cost: cost, Value: fmt.Sprint(value.Value())}
}

func respond(e engine, r request) (answer, error) {
	object, err := read(r.Object)
	if err != nil {
		return answer{}, err
	}
	if r.Count == "reading" {
		return answer{PerSecond: perSecond(r.Milliseconds, func() {
			object, _ := read(r.Object)
			e.input(object)
		})}, nil
	}
	program, err := e.compile(r.Expression)
	if err != nil {
		return answer{}, err
	}
	input := e.input(object)
	switch r.Count {
	case "compilations":
		return answer{PerSecond: perSecond(r.Milliseconds, func() { e.compile(r.Expression) })}, nil
	case "evaluations":
		return answer{PerSecond: perSecond(r.Milliseconds, func() { e.evaluate(program, input) })}, nil
	default:
		return result(e, program, input), nil
	}
}

func main() {
	engines := map[string]engine{}
	for name, make := range map[string]func() (engine, error){"apiserver": newAPIServer, "plain": newPlain} {
		e, err := make()
		if err != nil {
			panic(err)
		}
		engines[name] = e
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<16), 1<<24)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var r request
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			panic(err)
		}
		a, err := respond(engines[r.Engine], r)
		if err != nil {
			a = answer{Error: err.Error()}
		}
		if err := out.Encode(a); err != nil {
			panic(err)
		}
	}
}
