using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Ingest.Storage.Tests;

/// <summary>
/// The disk below one folder, for SQLite: full from a chosen write on. It stands between SQLite and its own file layer, so
/// that all code above runs as it is; any user may do that on any system.
/// </summary>
/// <remarks>
/// What it models: the write that meets the end of the space puts down its first half and fails as one that met ENOSPC; every
/// later one fails whole, also one in place, as on file systems that copy on write. A sync counts as a write: where blocks are
/// allocated late, it is the first to learn of a full disk. Files that SQLite does not write (the mark, the marker) are not
/// touched: their few bytes are rewritten in place.
/// </remarks>
internal sealed unsafe class FailingDisk : IDisposable
{
    private static readonly ConcurrentDictionary<string, FailingDisk> Disks = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<nint, Intercepted> Files = new();
    private static readonly ConcurrentDictionary<nint, nint> Methods = new();
    private static readonly FileSystem* Original;

    private readonly string _folder;
    private long _room = long.MaxValue;

    static FailingDisk()
    {
        Batteries_V2.Init();
        Original = sqlite3_vfs_find(null);
        var ours = (FileSystem*)NativeMemory.Alloc((nuint)sizeof(FileSystem));
        *ours = *Original;
        ours->Open = &Open;
        // For the whole process: what is below no such folder goes straight through.
        if (sqlite3_vfs_register(ours, 1) != raw.SQLITE_OK)
            throw new InvalidOperationException("SQLite takes no file layer.");
    }

    public FailingDisk(string folder)
    {
        _folder = folder + Path.DirectorySeparatorChar;
        Disks[_folder] = this;
    }

    /// <summary>True once a write or a sync met the end of the space.</summary>
    public bool Struck { get; private set; }

    /// <summary>Has room for so many writes and syncs, and for none after them.</summary>
    public void FillAfter(long writes) => Volatile.Write(ref _room, writes);

    /// <summary>Has room again.</summary>
    public void Free() => Volatile.Write(ref _room, long.MaxValue);

    public void Dispose() => Disks.TryRemove(_folder, out _);

    /// <returns>The room before this write: 0 for the one that meets the end, less for later ones.</returns>
    private long Take()
    {
        var before = Interlocked.Decrement(ref _room) + 1;
        Struck |= before <= 0;
        return before;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(FileSystem* system, byte* name, OpenFile* file, int flags, int* outFlags)
    {
        var code = Original->Open(system, name, file, flags, outFlags);
        if (code != raw.SQLITE_OK || name is null)
            return code;

        var path = Marshal.PtrToStringUTF8((nint)name)!;
        foreach (var (folder, disk) in Disks)
        {
            if (path.StartsWith(folder, StringComparison.Ordinal))
            {
                Files[(nint)file] = new Intercepted(disk, (nint)file->Methods);
                file->Methods = (FileMethods*)Methods.GetOrAdd((nint)file->Methods, Intercept);
            }
        }

        return code;
    }

    /// <summary>A file's methods, some of them ours. There are a few kinds of files, so each table is made once and kept.</summary>
    private static nint Intercept(nint methods)
    {
        var ours = (FileMethods*)NativeMemory.Alloc((nuint)sizeof(FileMethods));
        *ours = *(FileMethods*)methods;
        ours->Close = &Close;
        ours->Write = &Write;
        ours->Sync = &Sync;
        return (nint)ours;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(OpenFile* file)
    {
        Files.TryRemove((nint)file, out var open);
        return open.Original->Close(file);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(OpenFile* file, void* bytes, int count, long offset)
    {
        var open = Files[(nint)file];
        var room = open.Disk.Take();
        if (room > 0)
            return open.Original->Write(file, bytes, count, offset);
        if (room == 0)
            open.Original->Write(file, bytes, count / 2, offset);
        return raw.SQLITE_FULL;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(OpenFile* file, int flags)
    {
        var open = Files[(nint)file];
        return open.Disk.Take() > 0 ? open.Original->Sync(file, flags) : raw.SQLITE_IOERR_FSYNC;
    }

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern FileSystem* sqlite3_vfs_find(byte* name);

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern int sqlite3_vfs_register(FileSystem* system, int makeDefault);

    /// <summary>An open file below the folder of a disk, and the methods that it had.</summary>
    private readonly record struct Intercepted(FailingDisk Disk, nint Methods)
    {
        public FileMethods* Original => (FileMethods*)Methods;
    }

    /// <summary><c>sqlite3_file</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenFile
    {
        public FileMethods* Methods;
    }

    /// <summary><c>sqlite3_io_methods</c>, version 3.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileMethods
    {
        public int Version;
        public delegate* unmanaged[Cdecl]<OpenFile*, int> Close;
        public void* Read;
        public delegate* unmanaged[Cdecl]<OpenFile*, void*, int, long, int> Write;
        public void* Truncate;
        public delegate* unmanaged[Cdecl]<OpenFile*, int, int> Sync;
        public Pointers13 Others;
    }

    /// <summary><c>sqlite3_vfs</c>, version 3.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileSystem
    {
        public int Version;
        public int FileBytes;
        public int PathMax;
        public void* Next;
        public void* Name;
        public void* Data;
        public delegate* unmanaged[Cdecl]<FileSystem*, byte*, OpenFile*, int, int*, int> Open;
        public Pointers14 Others;
    }

    [InlineArray(13)]
    private struct Pointers13
    {
        private nint _first;
    }

    [InlineArray(14)]
    private struct Pointers14
    {
        private nint _first;
    }
}
