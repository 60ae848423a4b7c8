package iopub_test

import (
	"context"
	"encoding/json"
	"fmt"

	"gilkernel/kernel/iopub"
	"gilkernel/kernel/wire"
)

func ExamplePublisher() {
	codec, err := wire.NewCodec("hmac-sha256", "key")
	if err != nil {
		panic(err)
	}
	send := func(frames [][]byte) error {
		fmt.Printf("%s %s\n", frames[0], frames[6]) // topic, content
		return nil
	}
	p := iopub.New(codec, wire.NewSession(), "k1", send, nil)
	defer p.Close()

	request := json.RawMessage(`{"msg_id":"m1","msg_type":"execute_request"}`)
	p.Status(request, "busy")
	p.ExecuteInput(request, "fmt.Println(1 + 1)", 1)
	p.Stream(request, "stdout", "2\n")
	if err := p.Flush(context.Background(), request); err != nil {
		panic(err)
	}
	p.Status(request, "idle")
	// Output:
	// kernel.k1.status {"execution_state":"busy"}
	// kernel.k1.execute_input {"code":"fmt.Println(1 + 1)","execution_count":1}
	// stream.stdout {"name":"stdout","text":"2\n"}
	// kernel.k1.status {"execution_state":"idle"}
}
