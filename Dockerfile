# One image for the app. `docker compose up` uses it with PostgreSQL and an Inngest server.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY . .
RUN NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 npx next build && npm prune --omit=dev

FROM node:22-bookworm-slim
WORKDIR /app
# The allocator's threshold is the one of `npm start` (scripts/lib.mjs).
ENV MALLOC_TRIM_THRESHOLD_=131072
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 NEXT_MANUAL_SIG_HANDLE=true PORT=3000 HOST=0.0.0.0 TRIBUTARY_DATA_DIR=/data
RUN mkdir -m 700 /data && chown node:node /data
COPY --from=build --chown=node:node /app/package.json /app/next.config.ts ./
COPY --from=build --chown=node:node /app/node_modules ./node_modules
COPY --from=build --chown=node:node /app/.next ./.next
COPY --from=build --chown=node:node /app/db ./db
# For `npm run backup` and `npm run restore`, which run from the sources; and for what runs in processes of its own.
COPY --from=build --chown=node:node /app/tsconfig.json ./
COPY --from=build --chown=node:node /app/backup ./backup
COPY --from=build --chown=node:node /app/emails ./emails
COPY --from=build --chown=node:node /app/i18n ./i18n
COPY --from=build --chown=node:node /app/inngest ./inngest
COPY --from=build --chown=node:node /app/scripts ./scripts
COPY --from=build --chown=node:node /app/server ./server
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is the main process, so that it gets SIGTERM and drains: up to 20 s, more than `docker stop` waits unless it is told (-t 30).
CMD ["sh", "-c", "exec node node_modules/next/dist/bin/next start -p $PORT -H $HOST"]
