# The server and its commands in one image: docker run ingest run|db migrate|status|audit|... Built from the folder of the
# sources. Nothing runs as root; the root file system can be read-only. /data takes what a silo keeps while PostgreSQL is away,
# and the journal itself where it is not in PostgreSQL: it must be a volume.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY config config
COPY src src
# Analyzers have their say in continuous integration.
RUN dotnet publish src/Ingest.Silo -c Release -p:RunAnalyzers=false -o /app/silo \
 && dotnet publish src/Ingest.Cli -c Release -p:RunAnalyzers=false -o /app/cli

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /app /app
COPY --chmod=755 deploy/container/ingest deploy/container/health /usr/local/bin/
COPY config /config
RUN mkdir /data && chown "$APP_UID" /data
USER $APP_UID
# ./config and ./data, where the commands look unless told otherwise.
WORKDIR /
VOLUME /data
EXPOSE 8080 11111
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["health"]
ENTRYPOINT ["ingest"]
CMD ["--help"]
