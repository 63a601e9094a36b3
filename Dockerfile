# The bot as an image: Python, the locked dependencies, the package, and the files that operators edit. Runs as a user without rights.
FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/aftercare
WORKDIR /src
COPY requirements.lock ./
RUN /opt/aftercare/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
RUN /opt/aftercare/bin/pip install --no-deps --no-build-isolation .

FROM python:3.12-slim
RUN useradd --uid 10001 --create-home --home-dir /var/lib/aftercare --shell /usr/sbin/nologin aftercare
COPY --from=build /opt/aftercare /opt/aftercare
WORKDIR /srv/aftercare
COPY schedules ./schedules
COPY messages ./messages
ENV PATH=/opt/aftercare/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    AFTERCARE_DATABASE_URL=sqlite:////var/lib/aftercare/aftercare.db \
    AFTERCARE_HTTP_HOST=0.0.0.0
USER 10001
VOLUME /var/lib/aftercare
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/readyz', timeout=4)"]
ENTRYPOINT ["aftercare"]
CMD ["run"]
