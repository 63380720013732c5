using Microsoft.Extensions.Logging;

namespace Ingest.Node.Tests;

/// <summary>Keeps what was logged. Safe for all threads.</summary>
internal sealed class LogLines : ILogger
{
    private readonly Lock _gate = new();
    private readonly List<(string Text, Exception? Exception)> _lines = [];

    public IReadOnlyList<(string Text, Exception? Exception)> All
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        Microsoft.Extensions.Logging.EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
            _lines.Add((formatter(state, exception), exception));
    }
}
