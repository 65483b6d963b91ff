# One image for web, worker, beat and migrations; docker-compose.yml says which is which.
# The Python is the one that .ci/run tests with.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm AS frontend
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
WORKDIR /build
COPY requirements-frontend.txt .
RUN pip install --require-hashes -r requirements-frontend.txt
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc frontend/
RUN cd frontend && npm ci --ignore-scripts
COPY docs/openapi.yaml docs/
COPY frontend frontend
RUN mkdir -p var/frontend/api && cd frontend && npm run types && npm run build

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 VAR_DIR=/app/var
RUN groupadd --gid 10001 clinic && useradd --uid 10001 --gid clinic --no-create-home --shell /usr/sbin/nologin clinic
WORKDIR /app
COPY --from=build /venv /venv
COPY manage.py ./
COPY deploy/gunicorn.conf.py deploy/health.py deploy/
COPY clinic clinic
COPY treatments treatments
COPY clients clients
COPY bookings bookings
COPY frontend/static frontend/static
COPY frontend/texts frontend/texts
COPY --from=frontend /build/var/frontend/app var/frontend/app
# Collecting static files needs settings, and these need secrets: throw-away ones, gone with this line.
RUN SECRET_KEY=build VAULT_KEYS=build:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= AUDIT_KEY=build \
    python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q clinic treatments clients bookings \
    && install --directory --owner clinic --group clinic var/media
# Code and static files belong to root: the process cannot change what it runs.
USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "clinic.wsgi", "--config", "deploy/gunicorn.conf.py"]
