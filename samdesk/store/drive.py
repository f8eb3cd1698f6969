"""What kind of drive a file lies on."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath

import psutil

# As the system names them.
_NETWORK_FILE_SYSTEM = re.compile(
    r"nfs\d?|cifs|smb(fs|\d)|afpfs|ncpfs|afs|coda|sshfs|webdav|davfs2?"  # of a server
    r"|lustre|beegfs|fhgfs|gpfs|ceph(-fuse)?|glusterfs|panfs|pvfs2|orangefs|wekafs|quobyte"
    r"|moosefs|mfs(mount)?|lizardfs|juicefs|curvefs|seaweedfs|cvmfs2|hdfs"  # of many servers
    r"|gfs2?|ocfs2|acfs"  # of a disk that a cluster shares
    r"|9p|virtiofs|vboxsf|vmhgfs|prl_fs"  # of a virtual machine's host
    r"|fuse|macfuse|osxfuse|curlftpfs"  # of a program that is not named
)

# Programs that are file systems, after "fuse.": there are many for servers and clouds (also behind
# the folders of GNOME's and KDE's file managers), and new ones; few are for this machine's disks.
_LOCAL_PROGRAM = re.compile(
    r"ntfs(-3g)?|exfat(-fuse)?|fuse2fs|ext[234]|apfs(-fuse)?|btrfs|zfs(-fuse)?|hfsfuse|dislocker"
    r"|encfs|gocryptfs|cryfs|cryfs-fuse|securefs|veracrypt|ecryptfs"  # encrypted folders
    r"|mergerfs|unionfs(-fuse)?|fuse-overlayfs|overlayfs|bindfs|mhddfs|portal|vmware-vmblock"
    r"|squashfuse(_ll)?|snapfuse|archivemount|fuse-zip|fuseiso"
)


def is_on_network(path: Path) -> bool:
    """Whether another machine may have the same file; links on the way to it are followed."""
    real = Path(os.path.realpath(path))
    if is_unc(real):
        return True
    try:
        mounts = {mount.mountpoint: mount for mount in psutil.disk_partitions(all=True)}
    except (OSError, RuntimeError):
        # Some containers hide their mounts. Their disks are the machine's as a rule.
        return False
    for parent in real.parents:
        mount = mounts.get(str(parent))
        if mount is not None:
            kind = mount.fstype.lower()
            program = kind.removeprefix("fuse.")
            if program != kind:
                return _LOCAL_PROGRAM.fullmatch(program) is None
            is_known = _NETWORK_FILE_SYSTEM.fullmatch(kind) is not None
            return is_known or "remote" in mount.opts.split(",")
    return False


def is_unc(path: PurePath) -> bool:
    r"""Whether a path is like \\server\share\file, in its long form too."""
    drive = path.drive.upper()
    return drive.startswith("\\\\?\\UNC\\") or (
        drive.startswith("\\\\") and not drive.startswith(("\\\\?\\", "\\\\.\\"))
    )
