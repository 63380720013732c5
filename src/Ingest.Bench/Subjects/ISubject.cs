namespace Ingest.Bench;

/// <summary>Something that is measured. Each trial has a fresh one.</summary>
public interface ISubject
{
    /// <summary>Its short name, as in reports.</summary>
    string Name { get; }

    /// <summary>For people.</summary>
    string About { get; }

    /// <summary>Starts it with what the folder holds, ready for requests.</summary>
    Task<IRunningSubject> StartAsync(SubjectSetup setup);
}

/// <summary>How a subject is started.</summary>
/// <param name="Folder">Its own folder; empty for one that has nothing stored.</param>
/// <param name="Workload">What will be sent to it.</param>
/// <param name="Mode">What it does meanwhile.</param>
public sealed record SubjectSetup(string Folder, Workload Workload, Mode Mode);

/// <summary>A subject that takes requests; disposal kills it.</summary>
public interface IRunningSubject : IAsyncDisposable
{
    Target Target { get; }

    /// <summary>From the start of its process until it was ready.</summary>
    TimeSpan StartToReady { get; }

    /// <summary>What it has taken and done so far.</summary>
    Task<Observation> ObserveAsync();
}
