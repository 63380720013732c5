namespace Ingest.Cli;

/// <summary>
/// What a process writes, in a file that is bounded: beyond its size it becomes <c>NAME.1</c>, which replaces the one
/// before. The newest lines are kept in memory too, for the message when the process fails. Safe to call from two streams.
/// </summary>
internal sealed class LogFile(string path) : IDisposable
{
    /// <summary>Newest lines kept in memory.</summary>
    private const int LinesMax = 20;

    private readonly Lock _lock = new();
    private readonly Queue<string> _newest = new();
    private StreamWriter? _writer;

    /// <summary>Size from which a new file is begun, in bytes.</summary>
    public long BytesMax { get; init; } = 16 << 20;

    public string Path { get; } = path;

    /// <summary>The newest lines.</summary>
    public IReadOnlyList<string> Newest
    {
        get
        {
            lock (_lock)
                return [.. _newest];
        }
    }

    public void Write(string line)
    {
        lock (_lock)
        {
            if (_newest.Count == LinesMax)
                _newest.Dequeue();
            _newest.Enqueue(line);
            _writer ??= new StreamWriter(Path, append: true) { AutoFlush = true };
            _writer.WriteLine(line);
            if (_writer.BaseStream.Length < BytesMax)
                return;
            _writer.Dispose();
            _writer = null;
            File.Move(Path, Path + ".1", overwrite: true);
        }
    }

    public void Dispose()
    {
        lock (_lock)
            _writer?.Dispose();
    }
}
