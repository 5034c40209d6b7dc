# One image for every part of ours: migrate, bridge, gateway and the two feeds. `docker run IMAGE gateway`.
ARG PYTHON_IMAGE=python:3.13-slim

# What we depend on, in a layer that only pyproject.toml changes. Wheels only: nothing is compiled, here or there.
FROM ${PYTHON_IMAGE} AS dependencies
WORKDIR /build
COPY pyproject.toml .
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
      > requirements.txt \
 && python -m venv --without-pip /opt/venv \
 && pip --python /opt/venv/bin/python install --quiet --no-cache-dir --only-binary :all: -r requirements.txt \
 && printf '#!/opt/venv/bin/python\nfrom edgechat.cli import main\n\nraise SystemExit(main())\n' > /opt/venv/bin/edgechat \
 && chmod 755 /opt/venv/bin/edgechat

# Bytecode is made here: the root file system of a running container may be read-only.
FROM dependencies AS source
COPY . /app
RUN python -m compileall -q --invalidation-mode unchecked-hash /app && chmod -R a+rX /app

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="edge-chatroom" \
      org.opencontainers.image.description="Chat rooms whose members also watch live feeds, filtered row by row by Postgres"
# yoyo asks who runs it, and fails for a uid without a name: hence the entry, and USER for those who choose another uid.
RUN useradd --system --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin edgechat
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    EDGECHAT_HOME=/tmp/edgechat \
    USER=edgechat \
    CONTAINER_HOST=0.0.0.0 \
    METRICS_HOST=0.0.0.0
COPY --from=dependencies /opt/venv /opt/venv
COPY --from=source /app /app
WORKDIR /app
USER 10001
EXPOSE 4242
ENTRYPOINT ["edgechat"]
CMD ["--help"]
