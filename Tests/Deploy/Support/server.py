"""What a pipeline needs on a machine: somebody who types, a database, and Apple."""


def commands(text):
    """What `init` says to type."""
    return [line[7:] for line in text.splitlines() if line.startswith("#      ")]


def person(machine):
    """In the place of somebody who types: sudo, and an editor that writes the variables of /srv/variables."""
    machine.write("/usr/bin/sudo", """\
#!/bin/sh
if [ "$1" = -u ]; then
  user=$2; shift 2
  HOME=$(getent passwd "$user" | cut -d: -f6) exec setpriv --reuid=$user --regid=$user --init-groups "$@"
fi
exec "$@"
""", "755")
    # The file has to be closed to others by then.
    machine.write("/usr/bin/sudoedit",
                  "#!/bin/sh\n[ \"$(stat -c %a \"$1\")\" = 600 ] && cat /srv/variables > \"$1\"\n", "755")


def start_database(machine):
    """A server at the usual place, without network: the name of the user is all that counts. `database stop` ends it."""
    machine.write("/usr/bin/database", """\
#!/bin/sh
cd /
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
exec setpriv --reuid=postgres --regid=postgres --init-groups \\
  $bin/pg_ctl -w -D /srv/pg -l /srv/pg/log -o '-k /run/postgresql -h ""' $1 >/dev/null 2>&1
""", "755")
    machine.do("""
        install -d -o postgres -g postgres /srv/pg /run/postgresql
        setpriv --reuid=postgres --regid=postgres --init-groups \\
          $(ls -d /usr/lib/postgresql/*/bin | tail -1)/initdb -D /srv/pg --auth=peer >/dev/null
        database start""")


def query(machine, sql):
    return machine.do(f"psql -h /run/postgresql -d assets -AtXc \"{sql}\"", user="axport").strip()


def start_sandbox(machine, *options):
    """The simulated API, in the place of one that runs already; it keeps its account between starts."""
    machine.do(f"""
        systemctl stop sandbox.service 2>/dev/null || true
        rm -f /srv/account/sandbox.env
        systemd-run --quiet --unit=sandbox --working-directory=/srv \\
          axport sandbox --credentials /srv/account {' '.join(options)}""")
    machine.wait(lambda: machine("test -s /srv/account/sandbox.env").returncode == 0, "the sandbox")
    machine.do("""
        cat /srv/account/sandbox.env > /srv/variables
        echo 'DATABASE_URL=postgresql:///assets?host=/run/postgresql' >> /srv/variables""")


def journal(machine, name):
    return machine.do(f"journalctl --no-pager --output=cat --unit=axport@{name}.service")
