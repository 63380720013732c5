using System.Buffers;

namespace Ingest.Bench;

/// <summary>A file that is appended to and synced; everything that waits while a sync runs shares the next one.</summary>
internal sealed class SyncedFile : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file;
    private MemoryStream _waiting = new();
    private TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isWriting;

    public SyncedFile(string path) => _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>Appends bytes; completes when they are on the disk.</summary>
    public Task AppendAsync(ReadOnlySequence<byte> bytes)
    {
        Task synced;
        lock (_gate)
        {
            foreach (var segment in bytes)
                _waiting.Write(segment.Span);
            synced = _synced.Task;
            if (_isWriting)
                return synced;
            _isWriting = true;
        }

        _ = Task.Run(WriteAll);
        return synced;
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private void WriteAll()
    {
        var writing = new MemoryStream();
        while (true)
        {
            TaskCompletionSource done;
            lock (_gate)
            {
                if (_waiting.Length == 0)
                {
                    _isWriting = false;
                    return;
                }

                (writing, _waiting) = (_waiting, writing);
                done = _synced;
                _synced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            writing.WriteTo(_file);
            _file.Flush(flushToDisk: true);
            writing.SetLength(0);
            done.SetResult();
        }
    }
}
