# Stand-in for valkey/valkey:9: the same user, folder and programs, with the server of a Python package.
FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 999 valkey \
    && useradd --system --gid 999 --uid 999 valkey \
    && install --directory --owner valkey --group valkey /data
COPY valkey-server valkey-cli /usr/local/bin/
WORKDIR /data
VOLUME /data
EXPOSE 6379
CMD ["valkey-server"]
