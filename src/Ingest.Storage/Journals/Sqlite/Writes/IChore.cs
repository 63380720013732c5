namespace Ingest.Storage;

/// <summary>A part of <see cref="Housekeeping"/>, done in bounded steps, each a transaction of its own between commits. Used by the writer thread alone.</summary>
internal interface IChore
{
    /// <summary>How soon more is to be done, also where no write comes: zero where it is due now. Null where nothing waits for that.</summary>
    TimeSpan? NextIn { get; }

    /// <summary>True when a step is due.</summary>
    /// <param name="idle">Nothing has been written for a while: what is left may be done, too.</param>
    bool IsDue(bool idle);

    /// <summary>Takes a step. To be followed by <see cref="Done"/> once what it did is committed, or <see cref="Failed"/>.</summary>
    /// <returns>True where something was changed.</returns>
    bool Step();

    void Done();

    /// <summary>What the step did was rolled back. It is tried again later, or elsewhere.</summary>
    /// <param name="fault">Why.</param>
    /// <param name="nextPosition">The first free position.</param>
    void Failed(Exception fault, long nextPosition);
}
