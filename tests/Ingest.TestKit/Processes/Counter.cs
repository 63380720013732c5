namespace Ingest.TestKit;

/// <summary>A count that grows, and can be waited for.</summary>
public sealed class Counter
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _value;

    public int Value
    {
        get
        {
            lock (_lock)
                return _value;
        }
    }

    public void Add(int count)
    {
        lock (_lock)
        {
            _value += count;
            _grown.SetResult();
            _grown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits until the count is at least <paramref name="value"/>.</summary>
    public async Task AtLeastAsync(int value, TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        while (true)
        {
            Task grown;
            lock (_lock)
            {
                if (_value >= value)
                    return;
                grown = _grown.Task;
            }

            await grown.WaitAsync(deadline.Token);
        }
    }
}
