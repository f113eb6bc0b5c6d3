# Parley in one image: web, worker, gateway and every command. See docs/docker.md.
# Node runs the TypeScript files directly, so there is nothing to build but the dependencies.

FROM node:24.21.0-trixie-slim AS dependencies
WORKDIR /parley
COPY package.json package-lock.json .npmrc ./
# Optional packages are a Node and a Postgres for hosts without them. Here both come from outside.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24.21.0-trixie-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 PARLEY_HEALTH_PORT=9464 PARLEY_DATA_DIR=/data
WORKDIR /parley
RUN install --directory --owner=node --group=node --mode=0755 /data
COPY --from=dependencies /parley/node_modules ./node_modules
COPY package.json LICENSE ./
COPY bin ./bin
COPY schema ./schema
COPY samples ./samples
COPY migrations ./migrations
COPY sandbox ./sandbox
COPY adapters ./adapters
COPY src ./src
# The user "node" of the image, by number, so that hosts can tell it is not root.
USER 1000:1000
VOLUME /data
EXPOSE 3000 9464
# Every role answers at the health port, where /metrics is too: publish it to no network but your own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PARLEY_HEALTH_PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/parley.js"]
CMD ["start"]
