using System.Runtime.CompilerServices;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// A lake in a folder, on Linux and macOS. An object is written to <see cref="TemporaryName"/>, made durable, and given
/// its name in one step that never overwrites; then every directory up to the root is made durable. Needs a file system
/// with hard links.
/// </summary>
/// <remarks>
/// The folder for unfinished objects is made by <see cref="EnsureAsync"/> alone. Where it is gone, so is the lake (a disk
/// that is no longer mounted leaves an empty folder behind), and puts end as <see cref="PutOutcome.Missing"/>. Files whose
/// names break the rule for keys are none of ours and are not listed.
/// </remarks>
public sealed class FolderLake : ILake
{
    /// <summary>
    /// The folder for unfinished objects, within the root and so on the same file system. Readers of Hive layouts pass
    /// over names with a leading dot, and <c>~</c> stands in no key.
    /// </summary>
    public const string TemporaryName = ".ingest-tmp~";

    /// <summary>Age after which an unfinished object was left by a crash: far above the longest put, whose file changes until it ends.</summary>
    public static readonly TimeSpan TemporaryAgeMax = TimeSpan.FromHours(1);

    /// <summary>
    /// Bytes after which an unfinished object is synced, 4 MiB: where the journal is on the same disk, its commits wait behind
    /// all that one sync writes.
    /// </summary>
    private const int SyncBytes = 4 << 20;

    private readonly string _root;
    private readonly string _temporary;

    /// <param name="root">The folder; relative to the working directory where it is not rooted.</param>
    public FolderLake(string root)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("A folder as lake needs Linux or macOS; on Windows use an S3 server, or WSL.");
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        _temporary = Path.Combine(_root, TemporaryName);
    }

    public string Description => _root;

    /// <summary>Makes the folder where it does not exist, durably, and removes what crashes left in it.</summary>
    /// <exception cref="LakeUnavailableException">It cannot be made; the message says why.</exception>
    public Task EnsureAsync(CancellationToken cancellation) => Task.Run(Ensure, cancellation);

    public async ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalid(lakeObject.Key);
        var file = PathOf(lakeObject.Key);
        var content = new VerifiedContent(lakeObject);
        try
        {
            return await CompareAsync(lakeObject, file, cancellation)
                ?? await WriteAsync(lakeObject, content, file, cancellation);
        }
        catch (Exception e) when (FolderFaults.IsFault(e) && e != content.Failure)
        {
            return FolderFaults.ToResult(e);
        }
    }

    /// <summary>The checksum is computed from the bytes on disk.</summary>
    public async ValueTask<LakeEntry?> FindAsync(string key, CancellationToken cancellation)
    {
        await using var stream = await OpenReadAsync(key, cancellation);
        try
        {
            return stream is null
                ? null
                : new LakeEntry(key, stream.Length, await LakeContent.Sha256Async(stream, cancellation));
        }
        catch (Exception e) when (FolderFaults.IsFault(e))
        {
            throw new LakeUnavailableException(e.Message, e);
        }
    }

    public async IAsyncEnumerable<LakeEntry> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalidPrefix(prefix);
        ThrowIfRootIsGone();
        // Only the folder that the prefix ends in, and those below it, can hold such keys.
        var folder = prefix[..(prefix.LastIndexOf('/') + 1)];
        foreach (var entry in FolderListing.Walk(_root, folder))
        {
            cancellation.ThrowIfCancellationRequested();
            if (entry.Key.StartsWith(prefix, StringComparison.Ordinal))
                yield return entry;
        }
        await ValueTask.CompletedTask;
    }

    public async IAsyncEnumerable<string> ListFoldersAsync(
        string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalidPrefix(folder);
        ThrowIfRootIsGone();
        foreach (var name in FolderListing.ReadFolders(Path.Combine(_root, folder)))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return name;
        }
        await ValueTask.CompletedTask;
    }

    public ValueTask<Stream?> OpenReadAsync(string key, CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalid(key);
        try
        {
            return ValueTask.FromResult<Stream?>(OpenRead(PathOf(key)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            ThrowIfRootIsGone();
            return ValueTask.FromResult<Stream?>(null);
        }
        catch (Exception e) when (FolderFaults.IsFault(e))
        {
            throw new LakeUnavailableException(e.Message, e);
        }
    }

    public async ValueTask DeleteAsync(string key, CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalid(key);
        ThrowIfRootIsGone();
        var file = PathOf(key);
        try
        {
            // Durable too: an object that came back after a power cut would be delivered once more.
            await Task.Run(() => Remove(file), cancellation);
        }
        catch (DirectoryNotFoundException)
        {
            // It was never there.
        }
        catch (Exception e) when (FolderFaults.IsFault(e))
        {
            throw new LakeUnavailableException(e.Message, e);
        }
    }

    private void Remove(string file)
    {
        if (!File.Exists(file))
            return;
        File.Delete(file);
        var folder = Path.GetDirectoryName(file)!;
        Posix.SyncDirectory(folder);
        // The hour and the day, where nothing is in them any more: every listing would go through them for ever.
        for (var level = 0; level < 2 && folder != _root && TryRemoveEmpty(folder); level++)
            folder = Path.GetDirectoryName(folder)!;
    }

    private static bool TryRemoveEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (Exception e) when (FolderFaults.IsFault(e))
        {
            return false;
        }
    }

    private string PathOf(string key) => Path.Combine(_root, key);

    private void ThrowIfRootIsGone()
    {
        if (!Directory.Exists(_root))
            throw new LakeUnavailableException($"{_root} does not exist.");
    }

    private static FileStream OpenRead(string file) => new(file, new FileStreamOptions
    {
        Mode = FileMode.Open,
        Access = FileAccess.Read,
        Share = FileShare.ReadWrite | FileShare.Delete,
        Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
    });

    private async ValueTask<PutResult> WriteAsync(
        LakeObject lakeObject, VerifiedContent content, string file, CancellationToken cancellation)
    {
        var temporary = Path.Combine(_temporary, $"{Guid.NewGuid():N}");
        try
        {
            await WriteTemporaryAsync(content, temporary, cancellation);
            if (await Task.Run(() => Publish(temporary, file), cancellation))
                return new PutResult(PutOutcome.Stored);
        }
        finally
        {
            // What remains after a failure here is removed at the next start.
            TryDelete(temporary);
        }
        return await CompareAsync(lakeObject, file, cancellation)
            ?? new PutResult(PutOutcome.Unreachable, $"{file} was there and is gone: something else removes objects.");
    }

    private static async ValueTask WriteTemporaryAsync(
        VerifiedContent content, string temporary, CancellationToken cancellation)
    {
        using var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        var offset = 0L;
        var synced = 0L;
        await foreach (var chunk in content.ReadAsync(cancellation))
        {
            // Here, and not on another thread of the pool: copying counts as the shipper's work, which is bounded.
            RandomAccess.Write(handle, chunk.Span, offset);
            offset += chunk.Length;
            if (offset - synced >= SyncBytes)
            {
                await SyncAsync();
                synced = offset;
            }
        }
        await SyncAsync();

        Task SyncAsync() => Task.Run(() => RandomAccess.FlushToDisk(handle), cancellation);
    }

    /// <returns>False where the name is taken.</returns>
    private bool Publish(string temporary, string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        Directory.CreateDirectory(folder);
        bool isOurs;
        try
        {
            isOurs = Posix.TryLink(temporary, file);
        }
        catch (IOException) when (!Directory.Exists(folder) && Directory.Exists(_root))
        {
            // Somebody deleted the last object in it this very moment; it is not empty twice.
            Directory.CreateDirectory(folder);
            isOurs = Posix.TryLink(temporary, file);
        }

        if (!isOurs)
            return false;
        DurableFolder.SyncUpTo(_root, folder);
        return true;
    }

    /// <summary>What is there compared with ours; null where nothing is.</summary>
    private async ValueTask<PutResult?> CompareAsync(LakeObject lakeObject, string file, CancellationToken cancellation)
    {
        if (!File.Exists(file))
            return null;
        await using var stream = OpenRead(file);
        var there = new LakeEntry(
            lakeObject.Key,
            stream.Length,
            stream.Length == lakeObject.Length ? await LakeContent.Sha256Async(stream, cancellation) : null);
        var result = LakeContent.Compare(lakeObject, there);
        // Whoever named the file may have crashed before the name was durable.
        if (result.IsConfirmed)
            await Task.Run(() => DurableFolder.SyncUpTo(_root, Path.GetDirectoryName(file)!), cancellation);
        return result;
    }

    private void Ensure()
    {
        try
        {
            DurableFolder.Create(_root);
            Directory.CreateDirectory(_temporary);
            foreach (var file in new DirectoryInfo(_temporary).EnumerateFiles())
                if (DateTime.UtcNow - file.LastWriteTimeUtc > TemporaryAgeMax)
                    TryDelete(file.FullName);
        }
        catch (Exception e) when (FolderFaults.IsFault(e))
        {
            throw new LakeUnavailableException($"The folder {_root} cannot be used as a lake: {e.Message}", e);
        }
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (FolderFaults.IsFault(e))
        {
            // It takes space and does no harm; the next start tries again.
        }
    }
}
