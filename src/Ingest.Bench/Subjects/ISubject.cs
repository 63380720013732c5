using System.Diagnostics;
using System.Net;

namespace Ingest.Bench;

/// <summary>Something that is measured. Each round has a fresh one.</summary>
public interface ISubject
{
    /// <summary>Its short name, as in reports.</summary>
    string Name { get; }

    /// <summary>For people.</summary>
    string About { get; }

    /// <summary>Starts it with nothing stored, ready for requests.</summary>
    /// <param name="folder">A folder of its own, empty.</param>
    Task<IRunningSubject> StartAsync(string folder);
}

/// <summary>A subject that takes requests; disposal stops it.</summary>
public interface IRunningSubject : IAsyncDisposable
{
    IPEndPoint Endpoint { get; }

    /// <summary>The path to post to.</summary>
    string Path { get; }

    /// <summary>What its process has taken so far.</summary>
    ProcessUse Use { get; }
}

/// <summary>What a process has taken.</summary>
/// <param name="ResidentBytes">Its resident memory now, in bytes.</param>
/// <param name="Cpu">Processor time since it started.</param>
public readonly record struct ProcessUse(long ResidentBytes, TimeSpan Cpu)
{
    public static ProcessUse Of(Process process)
    {
        process.Refresh();
        return new ProcessUse(process.WorkingSet64, process.TotalProcessorTime);
    }
}
