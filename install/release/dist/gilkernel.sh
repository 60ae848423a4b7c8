#!/bin/sh
# The command gilkernel of a Python environment: runs the program in the kernel's folder. It finds that beside itself,
# so that the environment may be moved, and follows links to itself, which pipx makes.
me=$0
while [ -h "$me" ]; do
  to=$(readlink "$me")
  case $to in
    /*) me=$to ;;
    *) me=$(dirname "$me")/$to ;;
  esac
done
exec "$(CDPATH= cd -- "$(dirname "$me")/.." && pwd -P)/share/jupyter/kernels/gilkernel/gilkernel" "$@"
