package main

import (
	"fmt"
	"math"
	"sort"
	"strings"
)

type Shape interface {
	Area() float64
	Perimeter() float64
}
type Named interface {
	Shape
	fmt.Stringer
}
type Rect struct{ W, H float64 }
type Circle struct{ R float64 }
type Tagged struct {
	Named
	tag string
}

func (r Rect) Area() float64         { return r.W * r.H }
func (r Rect) Perimeter() float64    { return 2 * (r.W + r.H) }
func (r Rect) String() string        { return fmt.Sprintf("rect %gx%g", r.W, r.H) }
func (c *Circle) Area() float64      { return math.Pi * c.R * c.R }
func (c *Circle) Perimeter() float64 { return 2 * math.Pi * c.R }
func (c *Circle) String() string     { return fmt.Sprintf("circle %g", c.R) }

type byArea []Named

func (s byArea) Len() int           { return len(s) }
func (s byArea) Less(i, j int) bool { return s[i].Area() < s[j].Area() }
func (s byArea) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func main() {
	ss := []Named{Rect{3, 4}, &Circle{1}, Tagged{Rect{1, 1}, "t"}}
	sort.Sort(byArea(ss))
	for _, s := range ss {
		fmt.Printf("%v %.2f %T\n", s, s.Area(), s)
	}
	f, g := ss[0].Area, Rect.Perimeter
	fmt.Println(f(), g(Rect{1, 2}), (*Circle).Area(&Circle{0}), strings.ToUpper(ss[1].String()))
	fmt.Printf("%v %+v %#v\n", Rect{1, 2}, Tagged{Rect{1, 2}, "x"}, struct{ A, b int }{1, 2})
	var nilp *Circle
	var s Shape = nilp
	fmt.Println(s == nil, nilp == nil)
}
