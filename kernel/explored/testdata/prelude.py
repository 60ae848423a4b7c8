import queue
import threading
import time

def run(*fs):
    all = [threading.Thread(target=f, name=chr(65 + i)) for i, f in enumerate(fs)]
    for t in all:
        t.start()
    for t in all:
        t.join()

def think():
    pass
