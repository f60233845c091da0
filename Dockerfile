# SPDX-License-Identifier: MIT
# What is shipped is the last stage, from scratch: the program, its libraries, certificate authorities, the viewer.
# Other targets: `debug` has a shell and Debian's packages, `migrate` brings databases up to date and loads demo data.
ARG DEBIAN=trixie

FROM debian:${DEBIAN}-slim AS viewer
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates npm && rm -rf /var/lib/apt/lists/*
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
COPY docs/viewer /viewer
RUN /viewer/install /out

FROM debian:${DEBIAN}-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates gcc libc6-dev meson ninja-build pkgconf python3 python3-yaml \
      libjansson-dev libjwt-dev libmagic-dev libmicrohttpd-dev libpcre2-dev libpq-dev libssl-dev libulfius-dev libutf8proc-dev libxlsxwriter-dev libminizip-dev libexpat1-dev libqrencode-dev zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY meson.build meson_options.txt openapi.yaml ./
COPY api api
COPY db/migrations db/migrations
RUN meson setup -Dtests=false --buildtype=release --prefix=/usr /build && meson compile -C /build api && strip /build/api

FROM build AS closure
COPY --from=viewer /out /out/usr/share/khuyencong-api/viewer
RUN install -D /build/api /out/usr/bin/api \
 && ldd /build/api | grep -o '/[^ ]*' | sort -u | xargs -I{} cp -L --parents {} /out/ \
 && ldd /build/api | sed -n 's#.*=> .*/\([^ ]*\) .*#*/\1#p' | xargs dpkg -S | cut -d: -f1 | sort -u >/packages \
 && install -D -m 0644 /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ca-certificates.crt \
 && install -D -m 0644 /usr/lib/file/magic.mgc /out/usr/share/misc/magic.mgc \
 && install -d -m 1777 /out/tmp \
 && echo 'api:x:10001:10001::/:/usr/sbin/nologin' >/out/etc/passwd && echo 'api:x:10001:' >/out/etc/group

FROM debian:${DEBIAN}-slim AS debug
COPY --from=closure /packages /usr/share/khuyencong-api/packages
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates $(cat /usr/share/khuyencong-api/packages) \
 && rm -rf /var/lib/apt/lists/* && groupadd -g 10001 api && useradd -u 10001 -g 10001 -d / -s /usr/sbin/nologin api
COPY --from=closure /out/usr/share/khuyencong-api /usr/share/khuyencong-api
COPY --from=closure /out/usr/bin/api /usr/bin/api
USER 10001:10001
ENV KC_LISTEN=:: KC_DRAIN_MS=10000
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["/usr/bin/api", "--healthcheck"]
ENTRYPOINT ["/usr/bin/api"]

FROM debug AS migrate
USER 0
RUN apt-get update && apt-get install -y --no-install-recommends curl jq postgresql-client python3 \
 && rm -rf /var/lib/apt/lists/*
COPY db /srv/khuyencong/db
COPY docker/init docker/migrate docker/demo /srv/khuyencong/docker/
USER 10001:10001
HEALTHCHECK NONE
ENTRYPOINT []
CMD ["/srv/khuyencong/docker/migrate"]

FROM scratch AS api
COPY --from=closure /out/ /
USER 10001:10001
ENV KC_LISTEN=:: KC_DRAIN_MS=10000
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["/usr/bin/api", "--healthcheck"]
ENTRYPOINT ["/usr/bin/api"]
