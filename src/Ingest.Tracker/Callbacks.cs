namespace Ingest.Tracker;

/// <summary>Tells the application. What its callbacks throw must neither fail a call that tracks nor stop the sender.</summary>
internal sealed class Callbacks(TrackerOptions options)
{
    private readonly object _gate = new();
    private string? _problem;

    /// <summary>Why events are not delivered; null where they are.</summary>
    public string? LastProblem
    {
        get
        {
            lock (_gate)
                return _problem;
        }
    }

    public void Dropped(IReadOnlyList<DroppedEvent> events)
    {
        foreach (var dropped in events)
            Call(options.OnDropped, dropped);
    }

    public void Refused(DeadLetter letter) => Call(options.OnRefused, letter);

    /// <summary>Tells a problem, or null for none, where it is another than before.</summary>
    public void Problem(string? problem)
    {
        lock (_gate)
        {
            if (_problem == problem)
                return;
            _problem = problem;
        }
        Call(options.OnProblem, problem);
    }

    private static void Call<T>(Action<T>? callback, T argument)
    {
        try
        {
            callback?.Invoke(argument);
        }
        catch (Exception)
        {
            // It is the application's own, and there is nobody to tell.
        }
    }
}
