using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ingest.Collector.Tests;

/// <summary>Records log lines, and tells when one comes that a test waits for.</summary>
internal sealed class LogLines<T> : ILogger<T>
{
    private readonly TaskCompletionSource _expected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _text;

    public ConcurrentBag<string> Lines { get; } = [];

    public Task Expect(string text)
    {
        _text = text;
        return _expected.Task;
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = formatter(state, exception);
        Lines.Add(line);
        if (_text is { } text && line.Contains(text, StringComparison.Ordinal))
            _expected.TrySetResult();
    }
}
