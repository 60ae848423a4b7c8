# JupyterLab with this kernel and the lessons, without Go and without a compiler. The wheels are those of
# `go run ./install/release`: pip takes the one for the image's architecture.
FROM python:3.13-slim

COPY install/requirements.txt install/constraints.txt /tmp/install/
RUN pip install --no-cache-dir --only-binary :all: -r /tmp/install/requirements.txt -c /tmp/install/constraints.txt

COPY dist/*.whl /tmp/wheels/
RUN pip install --no-cache-dir --no-index --find-links /tmp/wheels gilkernel && rm -r /tmp/wheels /tmp/install

# As `gilkernel lab` has it: no question about news on the first page.
RUN settings="$(python -c 'import sys; print(sys.prefix)')/share/jupyter/lab/settings" && mkdir -p "$settings" && \
    echo '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}' > "$settings/overrides.json"

RUN useradd --create-home --uid 1000 learner
USER learner
WORKDIR /home/learner
COPY --chown=1000 notebooks/*.ipynb ./
COPY --chown=1000 notebooks/exercises/ exercises/
RUN find . -name '*.ipynb' -exec jupyter trust {} +

EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser", "--LabApp.default_url=/lab/tree/00-start.ipynb"]
