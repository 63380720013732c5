namespace Ingest.Simulation;

/// <summary>
/// Calls between processes: they take time, and get lost on the way there or back. A call to a process that is not there
/// fails, one to a process that dies breaks, and one to a frozen process waits.
/// </summary>
internal sealed class Network(Simulation simulation)
{
    private readonly Dictionary<SimProcess, HashSet<Action>> _underWay = [];

    /// <summary>Longest time of a message on the way.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Share of messages that get lost, 0 to 1.</summary>
    public double Loss { get; set; }

    /// <summary>Calls another process. The caller must bring its own patience: what is lost never ends.</summary>
    /// <exception cref="NetworkException">The process is not there, or died.</exception>
    public Task<T> CallAsync<T>(SimProcess caller, SimProcess target, Func<Task<T>> serve)
    {
        // Completed in a step of the caller: what goes on from there may run at once.
        var answer = new TaskCompletionSource<T>();
        if (simulation.Chance.Happens(Loss))
            return answer.Task;
        simulation.Schedule(
            caller,
            Delay(),
            _ =>
            {
                if (target.IsDead)
                    answer.TrySetException(new NetworkException("connection refused"));
                else
                    Deliver(caller, target, serve, answer);
            },
            null);
        return answer.Task;
    }

    private void Deliver<T>(SimProcess caller, SimProcess target, Func<Task<T>> serve, TaskCompletionSource<T> answer)
    {
        var calls = CallsTo(target);
        var onKilled = () => Answer(() => answer.TrySetException(new NetworkException("connection reset")));
        calls.Add(onKilled);
        target.Post(() => _ = ServeAsync());

        async Task ServeAsync()
        {
            try
            {
                var result = await serve();
                Answer(() => answer.TrySetResult(result));
            }
            catch (Exception exception)
            {
                Answer(() => answer.TrySetException(exception));
            }
            finally
            {
                calls.Remove(onKilled);
            }
        }

        void Answer(Action answered)
        {
            if (!simulation.Chance.Happens(Loss))
                simulation.Schedule(caller, Delay(), _ => answered(), null);
        }
    }

    private HashSet<Action> CallsTo(SimProcess target)
    {
        if (_underWay.TryGetValue(target, out var calls))
            return calls;
        _underWay[target] = calls = [];
        target.Killed += () =>
        {
            foreach (var call in calls)
                call();
        };
        return calls;
    }

    private TimeSpan Delay() => simulation.Chance.Between(TimeSpan.Zero, Latency);
}

/// <summary>A call did not reach its process, or its answer did not come back.</summary>
internal sealed class NetworkException(string message) : Exception(message);
