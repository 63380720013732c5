// The histories take every core as it is.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
