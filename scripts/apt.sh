# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A private apt: sources, lists and downloads of its own, so that packages of
# any Debian release can be fetched and verified while the host's apt sources
# stay what they are.  Sourced after lib.sh.

DEBIAN_KEYRING=${DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}

# apt_uri SUITE-PATTERN: the first archive in the host's own apt configuration
# that offers the component "main" of such a suite.
apt_uri()
{
	apt-get --print-uris update 2>/dev/null |
		sed -En "s#^'(.*)/dists/($1)/main/.*#\1#p" | head -n 1
}

# apt_mirror SUITE: the archive to fetch that suite from.
apt_mirror()
{
	local codename main security

	# shellcheck disable=SC1091
	codename=$(. /etc/os-release && [ "$ID" = debian ] &&
		   echo "${VERSION_CODENAME:-sid}") || codename=none
	main=${DEBIAN_MIRROR:-$(apt_uri "$codename|stable|oldstable|testing|sid")}
	main=${main%/}
	[ -n "$main" ] || die "the apt configuration names no Debian archive;" \
		"set DEBIAN_MIRROR= (and DEBIAN_SECURITY_MIRROR=) to the URL of one"

	case $1 in
	*-security)
		security=${DEBIAN_SECURITY_MIRROR:-$(
			apt_uri "($codename|stable|oldstable)-security")}
		echo "${security:-${main%/debian}/debian-security}"
		;;
	*)
		echo "$main"
		;;
	esac
}

# apt_private DIR SUITE...: make such an apt in DIR and read the lists.
apt_private()
{
	local dir=$1 suite mirror

	shift
	[ -r "$DEBIAN_KEYRING" ] || die "$DEBIAN_KEYRING is missing:" \
		"install debian-archive-keyring, or set DEBIAN_KEYRING="
	mkdir -p "$dir/lists/partial" "$dir/archives/partial"
	: > "$dir/status"
	cat > "$dir/apt.conf" <<-CONF
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear DPkg::Pre-Install-Pkgs;
		#clear APT::Default-Release;
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; };
		APT::Install-Recommends "false";
		APT::Sandbox::User "root";
		APT::Update::Error-Mode "any";
		Acquire::Languages "none";
		Acquire::Check-Valid-Until "false";
		Acquire::Retries "3";
		Dir::State "$dir";
		Dir::State::lists "$dir/lists";
		Dir::State::status "$dir/status";
		Dir::Cache "$dir";
		Dir::Cache::archives "$dir/archives";
		Dir::Etc::sourcelist "$dir/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
	CONF
	for suite; do
		mirror=$(apt_mirror "$suite") || exit 1
		echo "deb [signed-by=$DEBIAN_KEYRING] $mirror $suite main"
	done > "$dir/sources.list"

	apt-get -qq -c "$dir/apt.conf" update >&2 ||
		die "could not read the lists of $*: is there a network?" \
			"DEBIAN_MIRROR= and DEBIAN_SECURITY_MIRROR= choose the archive"
}

# apt_download DIR PACKAGE[=VERSION]...: these packages alone, as files, into
# the current directory.
apt_download()
{
	local conf=$1/apt.conf

	shift
	apt-get -qq -c "$conf" download "$@" >&2 ||
		die "could not download $*"
}

# apt_unpack DIR FILE.deb...: the files in them, no scripts run.
apt_unpack()
{
	local dir=$1 deb

	shift
	for deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x --keep-directory-symlink --no-same-owner -C "$dir"
	done
}
