package cpython

import (
	"fmt"
	"testing"
)

func TestLauncherList(t *testing.T) {
	got := fmt.Sprint(launcherList(" -V:3.13 *        C:\\Users\\a " +
		"b\\AppData\\Local\\Programs\\Python\\Python313\\python.exe\r\n -V:3.11          D:\\py\\python.exe\n" +
		"No installed Pythons found!\n -V:x\n"))
	if want := `[{C:\Users\a b\AppData\Local\Programs\Python\Python313\python.exe py launcher} {D:\py\python.exe py ` +
		`launcher}]`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
