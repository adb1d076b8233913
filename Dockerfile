# syntax=docker/dockerfile:1

# What runs: only what package.json calls dependencies.
FROM node:22-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# What compiles. Sources come last, so that a change to them installs nothing anew.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run --silent build
RUN mkdir -p state

# No shell, no package manager, user 65532.
FROM gcr.io/distroless/nodejs22-debian12:nonroot
LABEL org.opencontainers.image.title="airflow-auth-proxy" org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
COPY package.json LICENSE ./
COPY deploy/docker/healthcheck.mjs ./healthcheck.mjs
COPY config ./config
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The one place that is written to (server.stateDir); mount a volume there to keep generated keys.
COPY --from=build --chown=65532:65532 /app/state /var/lib/airflow-auth-proxy
USER 65532:65532
EXPOSE 8084 9084 9085 9086
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["/nodejs/bin/node", "/app/healthcheck.mjs"]
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/main.js"]
CMD ["serve", "--config", "/etc/airflow-auth-proxy/gateway.yaml"]
